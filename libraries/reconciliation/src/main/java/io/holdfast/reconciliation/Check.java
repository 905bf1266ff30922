package io.holdfast.reconciliation;

import java.time.Duration;

/**
 * An invariant, and how to find what violates it. A bean of this type is run from time to time, by one instance of the service at a time.
 *
 * <p>A run is bounded and takes no locks. It reports only what is older than the time that healthy work takes: work in progress violates
 * nothing. It may call other services, so no transaction is open.
 */
public interface Check {

    /** Unique in the service; up to 64 characters of ASCII. */
    String name();

    /** The invariant that it proves, such as {@code I1}. */
    String invariant();

    /** What has to be true, for people. */
    String sentence();

    /** The least time between two runs; {@link Duration#ZERO} if each round of the reconciler may run it. */
    default Duration every() {
        return Duration.ZERO;
    }

    /** Whether one run proves what it finds. If not, a finding is only suspected until it is seen again: it may be work in progress. */
    default boolean certain() {
        return false;
    }

    /**
     * Searches for what violates the invariant.
     *
     * @param state where the last run ended, and what is still open: what is open has to be examined again
     * @throws NotCompletedException if a service that has to be asked is away; then nothing is concluded
     */
    CheckResult run(CheckState state);
}
