package io.holdfast.edge.logging;

import org.jspecify.annotations.Nullable;

/** What a caller has sent, as it may stand in a line of the log: short, and without anything that could begin a line of its own. */
public final class LogText {

    private static final int MAX_LENGTH = 200;

    private LogText() {}

    /** The first 200 characters, with a question mark for each control character. */
    public static String bounded(@Nullable String sent) {
        if (sent == null) {
            return "";
        }
        String start = sent.length() <= MAX_LENGTH ? sent : sent.substring(0, MAX_LENGTH) + "...";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
