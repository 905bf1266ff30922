package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;

/** The row was taken over by another instance, or ended by a person, while an attempt was made here. */
final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClaimLostException(BranchKey key) {
        super("The claim on this branch is lost, " + key, null, false, false);
    }
}
