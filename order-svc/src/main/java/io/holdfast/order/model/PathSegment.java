package io.holdfast.order.model;

/** What an identifier has to be as a part of a path. */
final class PathSegment {

    private PathSegment() {}

    /** Whoever reads a path takes these for "here" and "one up", also percent-encoded. */
    static boolean standsForAnother(String value) {
        return value.equals(".") || value.equals("..");
    }
}
