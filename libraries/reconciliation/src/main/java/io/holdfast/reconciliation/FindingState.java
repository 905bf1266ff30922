package io.holdfast.reconciliation;

/** The life of a finding. */
public enum FindingState {
    /** Seen once: it may have been a race. */
    SUSPECTED,
    /** Seen in two looks, one after the other. */
    OPEN,
    /** It was open, and a later look did not find it any more. */
    CLOSED
}
