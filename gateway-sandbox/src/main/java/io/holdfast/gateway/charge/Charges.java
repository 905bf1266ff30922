package io.holdfast.gateway.charge;

import io.holdfast.gateway.charge.Outcome.Answer;
import io.holdfast.gateway.charge.Outcome.Effected;
import io.holdfast.gateway.charge.Outcome.KeyReused;
import io.holdfast.gateway.charge.Outcome.Refused;
import io.holdfast.gateway.charge.Outcome.UnknownCharge;
import io.holdfast.gateway.ledger.Fingerprint;
import io.holdfast.gateway.ledger.Ledger;
import io.holdfast.gateway.ledger.LedgerEntry;
import io.holdfast.gateway.model.CardToken;
import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Effect;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Operation;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides requests, each once per idempotency key. When a method returns, its effect and its ledger entry are committed
 * together.
 */
@Component
class Charges {

    private static final Logger log = LoggerFactory.getLogger(Charges.class);
    private static final int ATTEMPTS = 3;

    private final ChargeRepository repository;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final ChargeIds ids;
    private final Clock clock;

    Charges(
            ChargeRepository repository,
            Ledger ledger,
            PlatformTransactionManager transactionManager,
            ChargeIds ids,
            Clock clock) {
        this.repository = repository;
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    Outcome authorize(String key, Reference reference, Money amount, CardToken token, Issuer issuer) {
        Fingerprint asked =
                Fingerprint.of(Operation.AUTHORIZE, reference, amount.minor(), amount.currency(), token.value());
        return oncePerKey(key, asked, () -> {
            Optional<Refusal> declined =
                    issuer == Issuer.DECLINES ? Optional.of(Refusal.CARD_DECLINED) : token.decline();
            Instant now = clock.instant();
            Charge charge = new Charge(
                    ids.next(),
                    reference,
                    amount,
                    declined.isPresent() ? ChargeStatus.DECLINED : ChargeStatus.AUTHORIZED,
                    declined,
                    now,
                    now);
            repository.add(charge);
            return record(key, asked, Operation.AUTHORIZE, charge, declined, now);
        });
    }

    Outcome capture(String key, ChargeId id, Issuer issuer) {
        return step(Operation.CAPTURE, key, id, issuer);
    }

    Outcome cancel(String key, ChargeId id, Issuer issuer) {
        return step(Operation.VOID, key, id, issuer);
    }

    Outcome refund(String key, ChargeId id, Issuer issuer) {
        return step(Operation.REFUND, key, id, issuer);
    }

    private Outcome step(Operation operation, String key, ChargeId id, Issuer issuer) {
        Fingerprint asked = Fingerprint.of(operation, id);
        return oncePerKey(key, asked, () -> {
            Optional<Charge> locked = repository.lock(id);
            if (locked.isEmpty()) {
                return new UnknownCharge();
            }
            // A concurrent duplicate may have been served while this one waited for the lock.
            Optional<LedgerEntry> duplicate = ledger.find(key);
            if (duplicate.isPresent()) {
                return repeated(duplicate.get(), asked);
            }
            Charge charge = locked.get();
            Instant now = clock.instant();
            Optional<ChargeStatus> next = charge.status().after(operation);
            if (next.isEmpty()) {
                return record(key, asked, operation, charge, Optional.of(Refusal.becauseOf(charge.status())), now);
            }
            if (issuer == Issuer.DECLINES) {
                return record(key, asked, operation, charge, Optional.of(Refusal.CARD_DECLINED), now);
            }
            repository.move(charge, next.get(), now);
            return record(key, asked, operation, charge.in(next.get(), now), Optional.empty(), now);
        });
    }

    private Outcome oncePerKey(String key, Fingerprint asked, Supplier<Outcome> decision) {
        for (int attempt = 1; ; attempt++) {
            Optional<LedgerEntry> earlier = ledger.find(key);
            if (earlier.isPresent()) {
                return repeated(earlier.get(), asked);
            }
            try {
                return Objects.requireNonNull(transaction.execute(status -> decision.get()));
            } catch (DuplicateKeyException e) {
                // A concurrent duplicate committed first: the next look-up finds it.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (PessimisticLockingFailureException e) {
                // When the first of several duplicates is rolled back, those that wait for its key may deadlock.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                log.info("A request met a deadlock and is tried again");
            }
        }
    }

    private Outcome record(
            String key, Fingerprint asked, Operation operation, Charge after, Optional<Refusal> refusal, Instant now) {
        ledger.add(new LedgerEntry(
                key,
                asked,
                after.id(),
                after.reference(),
                operation,
                after.amount(),
                refusal.isPresent() ? Effect.NONE : Effect.of(after.status()),
                refusal,
                after.status(),
                now));
        return outcome(after, refusal, Answer.FIRST);
    }

    private Outcome repeated(LedgerEntry entry, Fingerprint asked) {
        if (!entry.fingerprint().equals(asked)) {
            return new KeyReused();
        }
        Charge charge = repository
                .find(entry.charge())
                .orElseThrow(() -> new IllegalStateException(
                        "the ledger names charge " + entry.charge() + ", which does not exist"));
        return outcome(charge.in(entry.status(), entry.at()), entry.refusal(), Answer.REPEATED);
    }

    private static Outcome outcome(Charge charge, Optional<Refusal> refusal, Answer answer) {
        return refusal.isPresent() ? new Refused(charge, refusal.get(), answer) : new Effected(charge, answer);
    }
}
