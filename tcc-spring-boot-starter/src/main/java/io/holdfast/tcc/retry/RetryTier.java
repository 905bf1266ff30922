package io.holdfast.tcc.retry;

/** Where a scheduled branch waits for its turn among the branches of its action. */
public enum RetryTier {
    /** It failed few times: it is attempted when it is due. */
    EARLY(1),
    /** It failed often and may have to wait: such branches take no more than half of the places of their action. */
    LATE(2);

    /** With the default delays, those of the first five failures add up to half a minute at most. */
    private static final int MAX_EARLY_FAILURES = 5;

    private final int code;

    RetryTier(int code) {
        this.code = code;
    }

    /** The number that stands in the column {@code lane}. */
    public int code() {
        return code;
    }

    public static RetryTier after(int failures) {
        return failures <= MAX_EARLY_FAILURES ? EARLY : LATE;
    }
}
