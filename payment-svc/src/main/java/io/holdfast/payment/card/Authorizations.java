package io.holdfast.payment.card;

import io.holdfast.payment.card.AuthorizationOutcome.Authorized;
import io.holdfast.payment.card.AuthorizationOutcome.Declined;
import io.holdfast.payment.card.AuthorizationOutcome.NotOpen;
import io.holdfast.payment.card.AuthorizationOutcome.OtherCard;
import io.holdfast.payment.card.AuthorizationOutcome.Unknown;
import io.holdfast.payment.gateway.CardGateway;
import io.holdfast.payment.gateway.Found;
import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.gateway.GatewayOutcome;
import io.holdfast.payment.gateway.GatewayOutcome.Refused;
import io.holdfast.payment.model.CardToken;
import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.payment.model.OrderId;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Authorizes an order's amount on a card, before the order is decided.
 *
 * <p>There are three steps, each durable before the next begins: the intent, the call, and its result. If the process dies between two
 * of them, the Cancel that follows finds the intent and has the charge undone.
 */
@Component
class Authorizations {

    private static final Logger log = LoggerFactory.getLogger(Authorizations.class);

    private final ChargeMapper mapper;
    private final CardGateway gateway;
    private final TransactionTemplate transaction;
    private final CardProperties.Authorization properties;
    private final Clock clock;
    private final Semaphore permits;

    Authorizations(
            ChargeMapper mapper,
            CardGateway gateway,
            PlatformTransactionManager transactionManager,
            CardProperties properties,
            Clock clock) {
        this.mapper = mapper;
        this.gateway = gateway;
        this.properties = properties.authorization();
        this.clock = clock;
        this.permits = new Semaphore(this.properties.maxConcurrent());
        this.transaction = new TransactionTemplate(transactionManager);
    }

    AuthorizationOutcome authorize(String xid, OrderId order, CardToken card) {
        if (!permits.tryAcquire()) {
            return new Unknown("nothing was sent: " + properties.maxConcurrent() + " authorizations are under way");
        }
        try {
            return atOnce(xid, order, card);
        } finally {
            permits.release();
        }
    }

    private AuthorizationOutcome atOnce(String xid, OrderId order, CardToken card) {
        ChargeRow charge = intend(xid, order, card);
        if (charge == null) {
            return new NotOpen();
        }
        if (!charge.cardFingerprint().equals(ChargeRow.fingerprintOf(charge.chargeKey(), card.value()))) {
            return new OtherCard();
        }
        return switch (charge.status()) {
            case AUTHORIZED -> new Authorized(Objects.requireNonNull(charge.gatewayId()));
            case DECLINED -> new Declined(Objects.requireNonNull(charge.refusal()));
            case INTENDED -> record(charge, call(charge, card));
            case CAPTURED, VOIDED, REFUNDED, ABSENT -> new NotOpen();
        };
    }

    /**
     * Commits the intent.
     *
     * @return what is known of the charge, if it was intended before; null if there is no open payment
     */
    @Nullable
    ChargeRow intend(String xid, OrderId order, CardToken card) {
        Optional<ChargeRow> intended = Objects.requireNonNull(transaction.execute(
                status -> mapper.lockOpenPayment(xid, order.value()).map(payment -> {
                    String key = ChargeRow.keyOf(xid, payment.branchId(), payment.orderId());
                    return mapper.find(key).orElseGet(() -> insert(payment, key, card));
                })));
        return intended.orElse(null);
    }

    private ChargeRow insert(OpenCardPayment payment, String key, CardToken card) {
        LocalDateTime now = LocalDateTime.now(clock);
        ChargeRow charge = new ChargeRow(
                payment.xid(),
                payment.branchId(),
                payment.orderId(),
                key,
                payment.amount(),
                payment.currency(),
                ChargeRow.fingerprintOf(key, card.value()),
                ChargeStatus.INTENDED,
                null,
                null,
                now,
                now);
        if (mapper.insert(charge) != 1) {
            throw new IllegalStateException("I4: the charge of order " + payment.orderId() + " was not written down");
        }
        log.info("The charge of order {} is INTENDED, key {}", charge.orderId(), key);
        return charge;
    }

    /**
     * Calls the gateway, and queries the charge as long as the outcome is unknown. If the gateway knows no charge, the call is repeated
     * with the same key: the first one may be lost or still under way, and either way one charge is made.
     */
    private GatewayOutcome call(ChargeRow charge, CardToken card) {
        Instant last = clock.instant().plus(properties.within());
        GatewayOutcome outcome = new GatewayOutcome.Unknown("no call was made");
        boolean authorize = true;
        for (int calls = 1; calls <= properties.maxCalls() && clock.instant().isBefore(last); calls++) {
            if (authorize) {
                outcome = gateway.authorize(charge.authorizeKey(), charge.order(), charge.money(), card);
                if (outcome.isKnown()) {
                    return outcome;
                }
                authorize = false;
            } else {
                Found found = gateway.findByKey(charge.authorizeKey());
                Optional<GatewayOutcome> seen = found.fold(
                        charged -> Optional.of(outcomeOf(charged.charge())),
                        noCharge -> Optional.empty(),
                        unknown -> Optional.empty());
                if (seen.isPresent()) {
                    return seen.get();
                }
                authorize = found instanceof Found.NoCharge;
            }
        }
        return outcome;
    }

    private static GatewayOutcome outcomeOf(GatewayCharge charge) {
        return charge.state() == GatewayCharge.State.DECLINED
                ? new Refused(Objects.requireNonNullElse(charge.declineCode(), "card-declined"), charge.id())
                : new GatewayOutcome.Done(charge);
    }

    /** If the branch was released meanwhile, the Cancel has the charge undone. */
    AuthorizationOutcome record(ChargeRow charge, GatewayOutcome outcome) {
        return outcome.fold(
                done -> recordAuthorized(charge, done.charge().id()),
                refused -> {
                    move(charge, ChargeStatus.DECLINED, refused.chargeId(), refused.code());
                    return new Declined(refused.code());
                },
                unknown -> {
                    log.warn(
                            "It is unknown whether the charge of order {} is authorized: {}",
                            charge.orderId(),
                            unknown.why());
                    return new Unknown(unknown.why());
                });
    }

    private AuthorizationOutcome recordAuthorized(ChargeRow charge, String gatewayId) {
        boolean isAuthorized = move(charge, ChargeStatus.AUTHORIZED, gatewayId, null);
        boolean isOpen = mapper.countOpen(charge.xid(), charge.branchId(), charge.orderId()) == 1;
        return isAuthorized && isOpen ? new Authorized(gatewayId) : new NotOpen();
    }

    private boolean move(ChargeRow charge, ChargeStatus next, @Nullable String gatewayId, @Nullable String refusal) {
        LocalDateTime now = LocalDateTime.now(clock);
        int moved = Objects.requireNonNull(transaction.execute(
                status -> mapper.move(charge.chargeKey(), ChargeStatus.INTENDED, next, gatewayId, refusal, now)));
        if (moved == 1) {
            log.info(
                    "The charge of order {} goes from INTENDED to {}, key {}",
                    charge.orderId(),
                    next,
                    charge.chargeKey());
            return true;
        }
        // A concurrent duplicate may have come first.
        return mapper.find(charge.chargeKey())
                .filter(found -> found.status() == next)
                .isPresent();
    }
}
