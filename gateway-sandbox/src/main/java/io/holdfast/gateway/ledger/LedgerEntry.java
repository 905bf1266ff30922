package io.holdfast.gateway.ledger;

import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Effect;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Operation;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one request.
 *
 * @param key the request's idempotency key
 * @param fingerprint of what was asked
 * @param refusal why it had no effect; present if and only if it had none
 * @param status what the charge was after it
 */
public record LedgerEntry(
        String key,
        Fingerprint fingerprint,
        ChargeId charge,
        Reference reference,
        Operation operation,
        Money amount,
        Effect effect,
        Optional<Refusal> refusal,
        ChargeStatus status,
        Instant at) {

    public LedgerEntry {
        if ((effect == Effect.NONE) != refusal.isPresent()) {
            throw new IllegalArgumentException("a request has an effect or is refused");
        }
    }
}
