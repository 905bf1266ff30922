package io.holdfast.tcc.fence;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this instance can answer the coordinator without a look into the database. Bounded: those not asked for longest are
 * forgotten, and then read again.
 */
final class KnownBranches {

    /** Another instance may be told by a person to retry now, and this one would not hear of it. */
    private static final Duration BELIEVED_FOR = Duration.ofSeconds(30);

    /** An attempt elsewhere may end at any moment. */
    private static final Duration CLAIM_BELIEVED_FOR = Duration.ofSeconds(1);

    private final Map<BranchKey, Known> known;

    KnownBranches(int most) {
        this.known = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<BranchKey, Known> eldest) {
                return size() > most;
            }
        };
    }

    /** @return empty if nothing is known, or something else is known than what is asked: then the row has to be looked at */
    synchronized Optional<Boolean> answer(BranchKey key, boolean confirm, Instant now) {
        Known entry = known.get(key);
        if (entry == null || entry.confirm != confirm) {
            return Optional.empty();
        }
        if (!now.isBefore(entry.until)) {
            known.remove(key);
            return Optional.empty();
        }
        return Optional.of(entry.ended);
    }

    /** The coordinator need not come again. */
    synchronized void ended(BranchKey key, boolean confirm) {
        known.put(key, new Known(confirm, true, Instant.MAX));
    }

    synchronized void due(BranchKey key, boolean confirm, Instant at, Instant now) {
        known.put(key, new Known(confirm, false, earlier(at, now.plus(BELIEVED_FOR))));
    }

    synchronized void claimedElsewhere(BranchKey key, boolean confirm, Instant until, Instant now) {
        known.put(key, new Known(confirm, false, earlier(until, now.plus(CLAIM_BELIEVED_FOR))));
    }

    /** The coordinator contradicts itself; that is told once in a while, not at each of its calls. */
    synchronized void contradicted(BranchKey key, boolean confirm, Instant now) {
        known.put(key, new Known(confirm, false, now.plus(BELIEVED_FOR)));
    }

    synchronized void forget(BranchKey key) {
        known.remove(key);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** @param confirm whether a Confirm was asked for, or a Cancel */
    private record Known(boolean confirm, boolean ended, Instant until) {}
}
