package io.holdfast.tcc.fence;

/** The two operations that end a branch. */
public enum PhaseTwoOperation {
    CONFIRM("Confirm"),
    CANCEL("Cancel");

    private final String word;

    PhaseTwoOperation(String word) {
        this.word = word;
    }

    /** As people call it. */
    @Override
    public String toString() {
        return word;
    }
}
