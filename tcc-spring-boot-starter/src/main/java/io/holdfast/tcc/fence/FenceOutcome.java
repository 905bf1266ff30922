package io.holdfast.tcc.fence;

import java.util.Locale;

/** What became of one call to the fence. Each is counted per action in the metric {@value FenceMetrics#CALLS}. */
public enum FenceOutcome {
    /** The Try took effect. */
    TRIED,
    /** The Try's own SQL refused or failed; fence row and effects were rolled back together. */
    TRY_FAILED,
    /** Refused: the branch had been tried before. */
    DUPLICATE,
    /** Refused: the branch had ended before its Try came (anti-suspension). */
    SUSPENDED,
    /** The Confirm took effect. */
    COMMITTED,
    /** A Confirm or Cancel that had taken effect before came again, and was answered with no effect. */
    REPEATED,
    /** A Confirm came for a branch that was never tried; recorded so that a late Try is refused. Worth an alert. */
    CONFIRM_WITHOUT_TRY,
    /** The Cancel took effect. */
    ROLLED_BACK,
    /** The Cancel came for a branch that was never tried, or whose Try failed. */
    EMPTY_ROLLBACK,
    /** A Confirm was attempted and did not take effect; it will be tried again. */
    CONFIRM_FAILED,
    /** A Cancel was attempted and did not take effect; it will be tried again. */
    CANCEL_FAILED,
    /** A Confirm or Cancel came for a branch that the retry scheduler attempts when it is due; answered with "not done yet". */
    SCHEDULED,
    /** The give-up of a decided Confirm took effect. */
    GIVEN_UP,
    /** A give-up was attempted and did not take effect; it will be tried again. */
    GIVE_UP_FAILED,
    /** Confirm of a cancelled branch, or Cancel of a confirmed one: the coordinator contradicts itself. Always an alarm. */
    CONTRADICTION;

    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
