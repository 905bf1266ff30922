package io.holdfast.tcc.fence;

import java.util.Arrays;

/**
 * The life of a branch's fence row. Codes 1 to 4 are Seata's own, so that its table can be taken over as it is.
 *
 * <pre>
 *   (no row) -- Try ----> TRIED -- Confirm --> COMMITTED
 *   (no row) -- Cancel -> SUSPENDED
 *                         TRIED -- Cancel ---> ROLLBACKED
 *                         TRIED -- give-up --> GIVEN_UP
 *                         TRIED -- no way to go on ---> PARKED -- retried by a person --> TRIED
 *                                                       PARKED -- resolved by a person --> COMMITTED, ROLLBACKED or GIVEN_UP
 * </pre>
 *
 * <p>A SUSPENDED row whose empty-rollback hook failed has a schedule too, and may be PARKED and come back.
 */
public enum FenceStatus {
    /** Tried and not ended: something is reserved. The end may be decided, and attempted again when it is due. */
    TRIED(1),
    /** Confirmed, exactly once. */
    COMMITTED(2),
    /** Cancelled, exactly once. */
    ROLLBACKED(3),
    /** The end of the branch came before its Try; a late Try is refused. */
    SUSPENDED(4),
    /** Its Confirm was decided and could not be done; the action's give-up took effect, exactly once. */
    GIVEN_UP(5),
    /** Its end is decided and no attempt is made any more: it waits for a person. What it reserved is still reserved. */
    PARKED(6);

    private final int code;

    FenceStatus(int code) {
        this.code = code;
    }

    /** The number that stands in the column {@code status}. */
    public int code() {
        return code;
    }

    /** Whether nothing will ever change the status again. */
    public boolean isFinal() {
        return this != TRIED && this != PARKED;
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
