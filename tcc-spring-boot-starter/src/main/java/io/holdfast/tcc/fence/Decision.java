package io.holdfast.tcc.fence;

import java.util.Arrays;
import java.util.Locale;

/** How a branch has to end, as its row keeps it from the first attempt on that did not succeed. It never changes. */
public enum Decision {
    CONFIRM(1, PhaseTwoOperation.CONFIRM, FenceStatus.TRIED, FenceStatus.COMMITTED, FenceOutcome.CONFIRM_FAILED),
    CANCEL(2, PhaseTwoOperation.CANCEL, FenceStatus.TRIED, FenceStatus.ROLLBACKED, FenceOutcome.CANCEL_FAILED),
    /** A Cancel that found no Try. The row refuses a late Try from the start; what is attempted is the action's hook. */
    EMPTY_ROLLBACK(
            3, PhaseTwoOperation.CANCEL, FenceStatus.SUSPENDED, FenceStatus.SUSPENDED, FenceOutcome.CANCEL_FAILED);

    private final int code;
    private final PhaseTwoOperation operation;
    private final FenceStatus open;
    private final FenceStatus done;
    private final FenceOutcome failed;

    Decision(int code, PhaseTwoOperation operation, FenceStatus open, FenceStatus done, FenceOutcome failed) {
        this.code = code;
        this.operation = operation;
        this.open = open;
        this.done = done;
        this.failed = failed;
    }

    /** The number that stands in the column {@code decision}. */
    public int code() {
        return code;
    }

    /** The status of a branch that is still attempted. */
    public FenceStatus open() {
        return open;
    }

    /** Its status once an attempt has succeeded. */
    public FenceStatus done() {
        return done;
    }

    /** What the coordinator asks for when it has decided so. */
    public PhaseTwoOperation operation() {
        return operation;
    }

    public FenceOutcome failed() {
        return failed;
    }

    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a call of the coordinator's decides. */
    public static Decision of(PhaseTwoOperation operation) {
        return switch (operation) {
            case CONFIRM -> CONFIRM;
            case CANCEL -> CANCEL;
        };
    }

    public static Decision of(int code) {
        return Arrays.stream(values())
                .filter(decision -> decision.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "tcc_fence_log.decision holds " + code + ", which this version of Holdfast does not know"));
    }
}
