package io.holdfast.tcc.fence;

/** What a row of {@code tcc_audit} records. */
public enum AuditOperation {
    /** A person has a branch attempted now. */
    RETRY,
    /** A person has ended a parked branch by other means. */
    RESOLVE,
    /** A person has paused an action. */
    PAUSE,
    /** A person has let an action go on. */
    RESUME,
    /** The service has decided by itself that an orphaned branch is confirmed. */
    ORPHAN_CONFIRM,
    /** The service has decided by itself that an orphaned branch is cancelled. */
    ORPHAN_CANCEL,
    /** The service has found an orphaned branch that only a person can decide. */
    ORPHAN_LEFT
}
