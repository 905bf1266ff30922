package io.holdfast.edge.problem;

import org.jspecify.annotations.Nullable;

/** Distinguishes a message that a value type wrote for callers from one that a library wrote for programmers. */
final class RefusedValue {

    private static final String UNSAID = "is not an acceptable value";
    private static final int MAX_CAUSES = 10;

    private RefusedValue() {}

    /**
     * The words of the value type itself, if it was the one that threw.
     *
     * @param type the type that a text was to become
     */
    static String messageOf(Throwable failure, @Nullable Class<?> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof IllegalArgumentException && cause.getMessage() != null && threw(type, cause)) {
                return cause.getMessage();
            }
            cause = cause.getCause();
        }
        return UNSAID;
    }

    private static boolean threw(@Nullable Class<?> type, Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return type != null && trace.length > 0 && trace[0].getClassName().equals(type.getName());
    }
}
