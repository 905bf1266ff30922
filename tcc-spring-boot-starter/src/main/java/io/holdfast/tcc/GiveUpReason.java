package io.holdfast.tcc;

/**
 * Why a decided Confirm is given up.
 *
 * @param cause what ended the attempts
 * @param detail why the last Confirm did not succeed
 */
public record GiveUpReason(Cause cause, String detail) {

    /** What ends the attempts of a Confirm. */
    public enum Cause {
        /** It did not succeed within the deadline of its action. */
        DEADLINE,
        /** It was refused for good, see {@link ConfirmRefusedException}. */
        REFUSED
    }
}
