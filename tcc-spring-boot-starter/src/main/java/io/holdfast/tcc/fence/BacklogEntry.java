package io.holdfast.tcc.fence;

import java.time.Instant;

/**
 * How many branches of an action are in a state and not finished, in all instances of the service together.
 *
 * @param action name of the TCC action
 * @param state where they are
 * @param branches how many
 * @param oldest since when the oldest of them is decided, or tried if nothing is decided
 * @param attempts how many attempts failed for all of them together
 */
public record BacklogEntry(String action, State state, long branches, Instant oldest, long attempts) {

    /** Where a branch is that is not finished. */
    public enum State {
        /** Tried, and no end of it has been heard of, or it is being made for the first time. */
        TRIED,
        /** Its decided Confirm or Cancel is attempted when it is due. */
        SCHEDULED,
        /** Its give-up is attempted when it is due. */
        GIVING_UP,
        /** It waits for a person. */
        PARKED
    }
}
