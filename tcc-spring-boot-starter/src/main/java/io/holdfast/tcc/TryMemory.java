package io.holdfast.tcc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;

/**
 * What a Try knew, for the Confirm or Cancel of the same branch, which as a rule runs in the same process a moment later: it need
 * not read back what was just written.
 *
 * <p>Nothing may depend on it. After a restart, in another instance, after a minute, or when more than a thousand branches are
 * open, it has forgotten, and the tables have to be read. A note of a Try that was rolled back does no harm, because the fence lets no
 * Confirm and no Cancel of such a branch reach the action. So note only what cannot change as long as the branch is open, and let
 * the row counts of the changes say whether it is still so.
 *
 * @param <T> what is noted; should be immutable
 */
public final class TryMemory<T> {

    private static final long MAX_NOTES = 1_000;
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final Cache<Branch, T> notes =
            Caffeine.newBuilder().maximumSize(MAX_NOTES).expireAfterWrite(KEPT).build();

    /** To be called by the Try. */
    public void note(String xid, long branchId, T what) {
        notes.put(new Branch(xid, branchId), what);
    }

    /** @return empty if this process does not know, or knows no more */
    public Optional<T> recall(String xid, long branchId) {
        return Optional.ofNullable(notes.getIfPresent(new Branch(xid, branchId)));
    }

    /** The same, and forgets it: a later attempt after a failure reads the tables. */
    public Optional<T> take(String xid, long branchId) {
        return Optional.ofNullable(notes.asMap().remove(new Branch(xid, branchId)));
    }

    private record Branch(String xid, long branchId) {}
}
