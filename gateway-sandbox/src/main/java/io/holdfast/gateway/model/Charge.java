package io.holdfast.gateway.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A charge as it was at some time.
 *
 * @param declinedAs why it was declined; present if and only if it was
 * @param changedAt when it got its status
 */
public record Charge(
        ChargeId id,
        Reference reference,
        Money amount,
        ChargeStatus status,
        Optional<Refusal> declinedAs,
        Instant createdAt,
        Instant changedAt) {

    public Charge {
        if ((status == ChargeStatus.DECLINED) != declinedAs.isPresent()) {
            throw new IllegalArgumentException("a charge is declined for a reason, and only then");
        }
    }

    public Charge in(ChargeStatus next, Instant since) {
        return new Charge(id, reference, amount, next, declinedAs, createdAt, since);
    }
}
