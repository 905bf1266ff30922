package io.holdfast.reconciliation;

import java.time.Duration;

/**
 * A sentence that always has to be true, and how to look for what breaks it. A bean of this type is looked at from time to time, by
 * one instance of the service at a time.
 *
 * <p>A look is bounded, takes no locks, and tells only of what is older than the time that healthy work takes: what is under way is
 * not broken. It may call others, so no transaction is open.
 */
public interface Check {

    /** Unique in the service; up to 64 characters of ASCII. */
    String name();

    /** The invariant that it proves, such as {@code I1}. */
    String invariant();

    /** What has to be true, for people. */
    String sentence();

    /** The least time between two looks; {@link Duration#ZERO} if each round of the reconciler may look. */
    default Duration every() {
        return Duration.ZERO;
    }

    /** Whether one look proves what it finds. Else it is a suspicion until it is seen again: it may be work under way. */
    default boolean certain() {
        return false;
    }

    /**
     * Looks for what breaks the sentence.
     *
     * @param memory where the last look ended, and what is still open: what is open has to be looked at again
     * @throws NotCompletedException if somebody who has to be asked is away; then nothing is concluded
     */
    Look look(Memory memory);
}
