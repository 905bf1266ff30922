package io.holdfast.tcc.retry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceRow;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What this instance can answer the coordinator without reading the database. The number of branches is bounded; a branch that was
 * evicted is read again. A change here may make a branch due at once, so it wakes the scheduler.
 */
public final class KnownBranches {

    /** A person may ask another instance to retry now, and this one does not hear of it. */
    private static final Duration BELIEVED_FOR = Duration.ofSeconds(30);

    /** An attempt elsewhere may end at any moment. */
    private static final Duration CLAIM_BELIEVED_FOR = Duration.ofSeconds(1);

    private final Cache<BranchKey, Known> known;
    private final Wakeup wakeup;
    private final Clock clock;

    KnownBranches(RetryProperties properties, Wakeup wakeup, Clock clock) {
        this.known = Caffeine.newBuilder()
                .maximumSize(properties.remembered())
                // What is beyond the bound goes with the change that brings it there, on the thread that makes it.
                .executor(Runnable::run)
                .build();
        this.wakeup = wakeup;
        this.clock = clock;
    }

    /** @return empty if nothing is known, or something else is known than what is asked: then the row has to be looked at */
    Optional<Boolean> answer(BranchKey key, PhaseTwoOperation operation) {
        Known entry = known.getIfPresent(key);
        if (entry == null || entry.operation != operation) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(entry.until)) {
            known.asMap().remove(key, entry);
            return Optional.empty();
        }
        return Optional.of(entry.ended);
    }

    /** The coordinator need not come again. */
    void ended(BranchKey key, PhaseTwoOperation operation) {
        known.put(key, new Known(operation, true, Instant.MAX));
    }

    /** The next attempt of a branch is due, as this instance has just written down. */
    void due(BranchKey key, PhaseTwoOperation operation, Instant at) {
        believe(key, operation, at, BELIEVED_FOR);
        wakeup.now();
    }

    /** The coordinator contradicts itself; the alarm is repeated once in a while, not at each of its calls. */
    void contradicted(BranchKey key, PhaseTwoOperation operation) {
        believe(key, operation, Instant.MAX, BELIEVED_FOR);
    }

    /** What its row says of a branch that is not open. */
    void read(BranchKey key, PhaseTwoOperation operation, FenceRow row) {
        Instant due = row.nextAttemptAt();
        if (due == null) {
            ended(key, operation);
        } else {
            believe(key, operation, due, row.claimedBy() == null ? BELIEVED_FOR : CLAIM_BELIEVED_FOR);
        }
    }

    void forget(BranchKey key) {
        known.invalidate(key);
    }

    /** Somebody else has changed the branch: what was known of it is not true any more. */
    public void changed(BranchKey key) {
        forget(key);
        wakeup.now();
    }

    private void believe(BranchKey key, PhaseTwoOperation operation, Instant until, Duration atMost) {
        Instant bound = clock.instant().plus(atMost);
        known.put(key, new Known(operation, false, until.isBefore(bound) ? until : bound));
    }

    private record Known(PhaseTwoOperation operation, boolean ended, Instant until) {}
}
