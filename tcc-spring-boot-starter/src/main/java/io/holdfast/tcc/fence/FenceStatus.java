package io.holdfast.tcc.fence;

import java.util.Arrays;

/**
 * The life of a branch's fence row. Codes 1 to 4 are Seata's own, so that its table can be taken over as it is.
 *
 * <pre>
 *   (no row) -- Try ----> TRIED -- Confirm --> COMMITTED
 *   (no row) -- Cancel -> SUSPENDED
 *                         TRIED -- Cancel ---> ROLLBACKED
 * </pre>
 */
public enum FenceStatus {
    /** Tried and not decided: something is reserved. */
    TRIED(1),
    /** Confirmed, exactly once. */
    COMMITTED(2),
    /** Cancelled, exactly once. */
    ROLLBACKED(3),
    /** The end of the branch came before its Try; a late Try is refused. */
    SUSPENDED(4);

    private final int code;

    FenceStatus(int code) {
        this.code = code;
    }

    /** The number that stands in the column {@code status}. */
    public int code() {
        return code;
    }

    /** Whether nothing will ever change the row again. */
    public boolean isFinal() {
        return this != TRIED;
    }

    /** The status with the given column value. */
    public static FenceStatus of(int code) {
        return Arrays.stream(values())
                .filter(status -> status.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "tcc_fence_log.status holds " + code + ", which this version of Holdfast does not know"));
    }
}
