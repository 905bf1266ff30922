package io.holdfast.tcc.retry;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The right of one attempt to change its row, and how long it lasts. As long as the attempt is busy outside the database the
 * poller prolongs it; once its local transaction is open, the lock on the row protects it, and the claim stays as it is.
 */
final class Claim {

    private @Nullable Instant until;
    private boolean fixed;

    private Claim(@Nullable Instant until) {
        this.until = until;
    }

    /** Of an attempt inside the coordinator's call: nothing of it is in the row. */
    static Claim none() {
        return new Claim(null);
    }

    static Claim until(Instant lease) {
        return new Claim(lease);
    }

    /** @return the due time by which the row recognises the claim from now on; null if there is nothing in the row */
    synchronized @Nullable Instant fix() {
        fixed = true;
        return until;
    }

    /** @param write writes a claim into the row, unless it is decided already */
    synchronized void makeDurable(Supplier<Optional<Instant>> write) {
        if (!fixed && until == null) {
            until = write.get().orElse(null);
        }
    }

    /** @param move moves the claim in the row on; empty if it is lost, and then the attempt will find that out by itself */
    synchronized void renew(Instant ifItEndsBefore, Function<Instant, Optional<Instant>> move) {
        if (!fixed && until != null && until.isBefore(ifItEndsBefore)) {
            until = move.apply(until).orElse(until);
        }
    }
}
