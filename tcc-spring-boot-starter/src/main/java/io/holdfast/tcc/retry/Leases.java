package io.holdfast.tcc.retry;

import java.time.Instant;
import java.util.Optional;

/** Prolongs the claims of the attempts that run here, in time before others take them over. */
final class Leases {

    private final RunningAttempts running;
    private final RetryTable table;
    private final RetryProperties properties;

    Leases(RunningAttempts running, RetryTable table, RetryProperties properties) {
        this.running = running;
        this.table = table;
        this.properties = properties;
    }

    void renew(Instant now) {
        Instant soon = now.plus(properties.lease().multipliedBy(2).dividedBy(3));
        running.forEach((key, claim) -> claim.renew(soon, until -> {
            Instant lease = properties.leaseFrom(now);
            return table.renew(key, until, lease) ? Optional.of(lease) : Optional.empty();
        }));
    }
}
