package io.holdfast.payment.card;

import io.holdfast.payment.card.Charges.Captured;
import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.tcc.schedule.ActionPolicy;
import io.holdfast.tcc.schedule.Backoff;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Carries out what {@code void_or_refund} obliges to, until it is done. Several instances share the work: one is claimed by moving
 * its due time to the end of a lease, guarded by the due time that was read; whoever dies leaves a lease that ends. Each step may
 * be made again after it succeeded, so a claim that is lost halfway does no harm.
 *
 * <p>A charge that the gateway does not know may still be made by a request that was under way when its caller gave up. So it is
 * looked for as long as the settings say, and only then it is settled that there is none.
 */
@Component
class VoidOrRefund {

    private static final Logger log = LoggerFactory.getLogger(VoidOrRefund.class);
    private static final int MOST_OF_AN_ERROR = 500;

    private final ChargeMapper mapper;
    private final Charges charges;
    private final TransactionTemplate transaction;
    private final CardSettings.VoidOrRefund settings;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Backoff backoff;
    private final ActionPolicy delays;
    private final AtomicLong due = new AtomicLong();

    VoidOrRefund(
            ChargeMapper mapper,
            Charges charges,
            PlatformTransactionManager transactionManager,
            CardSettings settings,
            Clock clock,
            Backoff voidOrRefundBackoff,
            MeterRegistry meters) {
        this.mapper = mapper;
        this.charges = charges;
        this.settings = settings.voidOrRefund();
        this.clock = clock;
        this.meters = meters;
        this.backoff = voidOrRefundBackoff;
        ActionPolicy usual = ActionPolicy.DEFAULT;
        this.delays = new ActionPolicy(
                this.settings.initialDelay(),
                this.settings.maxDelay(),
                usual.deadline(),
                false,
                usual.answerWithin(),
                usual.concurrency(),
                false);
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        meters.gauge("holdfast.payment.void.or.refund.due", due);
    }

    /**
     * One look: carries out what is due, one after the other.
     *
     * @return how many were tried
     */
    int carryOutDue() {
        int tried = 0;
        for (ObligationRow obligation : mapper.due(now(), settings.chunk())) {
            Optional<LocalDateTime> lease = claim(obligation);
            if (lease.isPresent()) {
                tried++;
                carryOut(obligation, lease.get());
            }
        }
        due.set(mapper.countDue());
        return tried;
    }

    /** @return the end of the lease; empty if somebody else has it */
    Optional<LocalDateTime> claim(ObligationRow obligation) {
        LocalDateTime lease = now().plus(settings.lease());
        return inTransaction(mapper -> mapper.claim(obligation.chargeKey(), obligation.dueAt(), lease)) == 1
                ? Optional.of(lease)
                : Optional.empty();
    }

    private void carryOut(ObligationRow obligation, LocalDateTime lease) {
        try {
            ChargeRow charge = mapper.find(obligation.chargeKey()).orElseThrow();
            Undone undone = charge.status().canBeUndone()
                    ? charges.undo(charge, obligation.refusals(), Captured.IS_REFUNDED)
                    : null;
            record(obligation, lease, charge, undone);
        } catch (RuntimeException e) {
            log.warn("The charge with key {} could not be undone", obligation.chargeKey(), e);
            later(
                    obligation,
                    lease,
                    obligation.refusals(),
                    "failed with " + e.getClass().getSimpleName());
        }
    }

    /**
     * Writes down what came of one attempt.
     *
     * @param undone null if the charge was settled already
     */
    void record(ObligationRow obligation, LocalDateTime lease, ChargeRow charge, @Nullable Undone undone) {
        if (undone == null) {
            settle(obligation, lease, charge, charge.status(), null);
        } else if (undone instanceof Undone.Settled settled) {
            settle(obligation, lease, charge, settled.status(), settled);
        } else if (undone instanceof Undone.Absent) {
            if (charge.gatewayId() != null) {
                // It was named to us once. That it is gone is for people to find out, and no reason to forget it.
                later(obligation, lease, obligation.refusals(), "the gateway does not know its own charge any more");
            } else if (now().isBefore(obligation.createdAt().plus(settings.lookFor()))) {
                later(obligation, lease, obligation.refusals(), "the gateway knows no charge so far");
            } else {
                settle(obligation, lease, charge, ChargeStatus.ABSENT, null);
            }
        } else if (undone instanceof Undone.Refused refused) {
            log.error(
                    "ALARM the gateway refuses to undo the charge of order {}: {}, key {}; it is tried again",
                    charge.orderId(),
                    refused.code(),
                    charge.chargeKey());
            later(obligation, lease, obligation.refusals() + 1, "refused: " + refused.code());
        } else {
            later(obligation, lease, obligation.refusals(), ((Undone.Unknown) undone).why());
        }
    }

    /** What is known of the charge and the end of the obligation: both or neither. */
    private void settle(
            ObligationRow obligation,
            LocalDateTime lease,
            ChargeRow charge,
            ChargeStatus status,
            Undone.@Nullable Settled seen) {
        ObligationOutcome outcome = ObligationOutcome.of(status);
        boolean settled = Boolean.TRUE.equals(transaction.execute(running -> {
            if (mapper.settle(obligation.chargeKey(), lease, outcome, now()) != 1) {
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
                    obligation.attempts(),
                    outcome,
                    charge.chargeKey());
        } else {
            log.info("The charge of order {} was taken over by others, key {}", charge.orderId(), charge.chargeKey());
        }
    }

    private void later(ObligationRow obligation, LocalDateTime lease, int refusals, String why) {
        Duration delay = backoff.delayAfter(obligation.attempts() + 1, delays);
        String error = why.length() <= MOST_OF_AN_ERROR ? why : why.substring(0, MOST_OF_AN_ERROR);
        inTransaction(mapper -> mapper.later(obligation.chargeKey(), lease, refusals, now().plus(delay), error));
        if (obligation.attempts() == 0) {
            log.warn("The charge with key {} is not undone yet: {}", obligation.chargeKey(), error);
        }
    }

    private int inTransaction(ToIntFunction<ChargeMapper> sql) {
        return Objects.requireNonNull(transaction.execute(status -> sql.applyAsInt(mapper)));
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock).truncatedTo(ChronoUnit.MILLIS);
    }
}
