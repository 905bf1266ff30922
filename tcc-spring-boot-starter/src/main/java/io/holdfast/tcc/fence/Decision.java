package io.holdfast.tcc.fence;

import java.util.Arrays;
import java.util.Locale;

/** How a branch has to end, as its row keeps it from the first attempt on that did not succeed. It never changes. */
enum Decision {
    CONFIRM(1, FenceStatus.TRIED, FenceStatus.COMMITTED, FenceOutcome.CONFIRM_FAILED),
    CANCEL(2, FenceStatus.TRIED, FenceStatus.ROLLBACKED, FenceOutcome.CANCEL_FAILED),
    /** A Cancel that found no Try. The row refuses a late Try from the start; what is attempted is the action's hook. */
    EMPTY_ROLLBACK(3, FenceStatus.SUSPENDED, FenceStatus.SUSPENDED, FenceOutcome.CANCEL_FAILED);

    private final int code;
    private final FenceStatus open;
    private final FenceStatus done;
    private final FenceOutcome failed;

    Decision(int code, FenceStatus open, FenceStatus done, FenceOutcome failed) {
        this.code = code;
        this.open = open;
        this.done = done;
        this.failed = failed;
    }

    /** The number that stands in the column {@code decision}. */
    int code() {
        return code;
    }

    /** The status of a branch that is still attempted. */
    FenceStatus open() {
        return open;
    }

    /** Its status once an attempt has succeeded. */
    FenceStatus done() {
        return done;
    }

    boolean isConfirm() {
        return this == CONFIRM;
    }

    FenceOutcome failed() {
        return failed;
    }

    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Decision of(int code) {
        return Arrays.stream(values())
                .filter(decision -> decision.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "tcc_fence_log.decision holds " + code + ", which this version of Holdfast does not know"));
    }
}
