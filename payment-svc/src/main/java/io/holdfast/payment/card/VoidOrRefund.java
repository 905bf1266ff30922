package io.holdfast.payment.card;

import io.holdfast.payment.card.Charges.Captured;
import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.tcc.retry.ActionPolicy;
import io.holdfast.tcc.retry.Backoff;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One attempt to void or refund a charge. It may be made again after it succeeded, and by two at once: the gateway takes each step
 * once, and the record is settled once.
 *
 * <p>A request that was under way when its caller gave up may still make a charge that the gateway does not know yet. So the charge
 * is queried until {@code look-for} has passed, and only then recorded as absent.
 */
@Component
class VoidOrRefund {

    private static final Logger log = LoggerFactory.getLogger(VoidOrRefund.class);
    private static final int MAX_ERROR_LENGTH = 500;

    private final ChargeMapper mapper;
    private final Charges charges;
    private final TransactionTemplate transaction;
    private final CardProperties.VoidOrRefund properties;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Backoff backoff;
    private final ActionPolicy delays;

    VoidOrRefund(
            ChargeMapper mapper,
            Charges charges,
            PlatformTransactionManager transactionManager,
            CardProperties properties,
            Clock clock,
            Backoff voidOrRefundBackoff,
            MeterRegistry meters) {
        this.mapper = mapper;
        this.charges = charges;
        this.properties = properties.voidOrRefund();
        this.clock = clock;
        this.meters = meters;
        this.backoff = voidOrRefundBackoff;
        ActionPolicy usual = ActionPolicy.DEFAULT;
        this.delays = new ActionPolicy(
                this.properties.initialDelay(),
                this.properties.maxDelay(),
                usual.deadline(),
                false,
                usual.answerWithin(),
                usual.concurrency(),
                false);
        this.transaction = new TransactionTemplate(transactionManager);
    }

    /** @return how long to wait for the next attempt; empty if nothing is left to do */
    Optional<Duration> attempt(String chargeKey) {
        return mapper.findPending(chargeKey).flatMap(this::attempt);
    }

    private Optional<Duration> attempt(PendingVoidOrRefund pending) {
        try {
            ChargeRow charge = mapper.find(pending.chargeKey()).orElseThrow();
            return charge.status().canBeUndone()
                    ? record(pending, charge, charges.undo(charge, pending.refusals(), Captured.IS_REFUNDED))
                    : settle(pending, charge, charge.status(), null);
        } catch (RuntimeException e) {
            log.warn("The charge with key {} could not be undone", pending.chargeKey(), e);
            return failed(
                    pending, pending.refusals(), "failed with " + e.getClass().getSimpleName());
        }
    }

    private Optional<Duration> record(PendingVoidOrRefund pending, ChargeRow charge, UndoOutcome outcome) {
        return outcome.fold(
                settled -> settle(pending, charge, settled.status(), settled),
                absent -> recordAbsent(pending, charge),
                refused -> {
                    log.error(
                            "ALARM the gateway refuses to undo the charge of order {}: {}, key {}; it is tried again",
                            charge.orderId(),
                            refused.code(),
                            charge.chargeKey());
                    return failed(pending, pending.refusals() + 1, "refused: " + refused.code());
                },
                unknown -> failed(pending, pending.refusals(), unknown.why()));
    }

    private Optional<Duration> recordAbsent(PendingVoidOrRefund pending, ChargeRow charge) {
        if (charge.gatewayId() != null) {
            // The gateway knew it once. That it is gone needs a person, and is no reason to forget it.
            return failed(pending, pending.refusals(), "the gateway does not know its own charge any more");
        }
        if (LocalDateTime.now(clock).isBefore(pending.createdAt().plus(properties.lookFor()))) {
            return failed(pending, pending.refusals(), "the gateway knows no charge so far");
        }
        return settle(pending, charge, ChargeStatus.ABSENT, null);
    }

    /**
     * Records the charge's status and that nothing is owed any more: both or neither.
     *
     * @return empty, as nothing is left to do
     */
    private Optional<Duration> settle(
            PendingVoidOrRefund pending, ChargeRow charge, ChargeStatus status, UndoOutcome.@Nullable Settled seen) {
        VoidOrRefundOutcome outcome = VoidOrRefundOutcome.of(status);
        boolean settled = Boolean.TRUE.equals(transaction.execute(running -> {
            if (mapper.settle(pending.chargeKey(), outcome, LocalDateTime.now(clock)) != 1) {
                return false;
            }
            if (charge.status() != status) {
                String gatewayId = seen == null ? null : seen.charge().id();
                String refusal = status == ChargeStatus.DECLINED && seen != null
                        ? Objects.requireNonNullElse(seen.charge().declineCode(), "card-declined")
                        : null;
                charges.move(charge, status, gatewayId, refusal);
            }
            return true;
        }));
        if (settled) {
            meters.counter(
                            "holdfast.payment.void.or.refund",
                            "outcome",
                            outcome.name().toLowerCase(Locale.ROOT))
                    .increment();
            log.info(
                    "Undoing the charge of order {} ended after {} earlier attempts: {}, key {}",
                    charge.orderId(),
                    pending.attempts(),
                    outcome,
                    charge.chargeKey());
        } else {
            log.info("Another instance undid the charge of order {}, key {}", charge.orderId(), charge.chargeKey());
        }
        return Optional.empty();
    }

    private Optional<Duration> failed(PendingVoidOrRefund pending, int refusals, String why) {
        String error = why.length() <= MAX_ERROR_LENGTH ? why : why.substring(0, MAX_ERROR_LENGTH);
        int recorded = Objects.requireNonNull(
                transaction.execute(running -> mapper.recordFailure(pending.chargeKey(), refusals, error)));
        if (recorded == 0) {
            // Another instance settled it meanwhile.
            return Optional.empty();
        }
        if (pending.attempts() == 0) {
            log.warn("The charge with key {} is not undone yet: {}", pending.chargeKey(), error);
        }
        return Optional.of(delayAfter(pending.attempts() + 1));
    }

    Duration delayAfter(int failures) {
        return backoff.delayAfter(failures, delays);
    }
}
