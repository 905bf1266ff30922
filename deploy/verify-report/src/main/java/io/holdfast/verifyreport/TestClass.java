package io.holdfast.verifyreport;

/**
 * What one test class has taken.
 *
 * @param name simple, as people call it
 */
record TestClass(String module, String name, int tests, double seconds) {}
