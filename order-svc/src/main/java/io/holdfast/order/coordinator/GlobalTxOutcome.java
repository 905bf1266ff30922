package io.holdfast.order.coordinator;

/** What the coordinator says of a global transaction. */
public enum GlobalTxOutcome {
    /** Nothing is decided. */
    RUNNING,
    /** It will be, or is, committed: no branch can be cancelled any more. */
    COMMITTED,
    /** It will be rolled back, and branches may still hold something. */
    ROLLING_BACK,
    /** It is rolled back in all branches. */
    ROLLED_BACK,
    /** Over, and so long ago that the coordinator has forgotten how it ended. */
    FORGOTTEN,
    /** The coordinator cannot be asked, or says what we do not understand. Nothing follows from it. */
    UNKNOWN
}
