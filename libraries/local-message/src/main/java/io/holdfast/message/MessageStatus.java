package io.holdfast.message;

/** The life of a local message. */
public enum MessageStatus {
    /** Written; no broker has it yet. */
    NEW,
    /** A broker has it, and its result is waited for. */
    SENT,
    /** Done: answered, or, if nobody answers it, taken by the broker. */
    CONFIRMED,
    /** Tried too often. It rests until a person has it sent again. */
    FAILED
}
