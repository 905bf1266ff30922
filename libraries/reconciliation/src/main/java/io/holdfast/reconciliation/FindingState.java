package io.holdfast.reconciliation;

/** The life of a finding. */
public enum FindingState {
    /** Seen once: it may have been a race. */
    SUSPECTED,
    /** Seen in two consecutive runs. */
    OPEN,
    /** It was open, and a later run did not find it any more. */
    CLOSED
}
