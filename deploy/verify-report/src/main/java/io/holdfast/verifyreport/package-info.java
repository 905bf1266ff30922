/** The report at the end of {@code ./mvnw verify}. */
package io.holdfast.verifyreport;
