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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Carries out the rows of {@code void_or_refund} until each is done. Several instances share the work: one is claimed by moving
 * its due time to the end of a lease, guarded by the due time that was read; whoever dies leaves a lease that ends. Each step may
 * be made again after it succeeded, so a claim that is lost halfway does no harm.
 *
 * <p>A charge that the gateway does not know may still be made by a request that was under way when its caller gave up. So it is
 * looked for as long as {@code look-for} says. Only then is it settled that there is none.
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
    private final AtomicLong due = new AtomicLong();

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
        meters.gauge("holdfast.payment.void.or.refund.due", due);
    }

    /**
     * One look: carries out what is due, one after the other.
     *
     * @return how many were tried
     */
    int carryOutDue() {
        int tried = 0;
        for (PendingVoidOrRefund pending : mapper.due(now(), properties.chunk())) {
            Optional<LocalDateTime> lease = claim(pending);
            if (lease.isPresent()) {
                tried++;
                carryOut(pending, lease.get());
            }
        }
        due.set(mapper.countDue());
        return tried;
    }

    /** @return the end of the lease; empty if somebody else has it */
    Optional<LocalDateTime> claim(PendingVoidOrRefund pending) {
        LocalDateTime lease = now().plus(properties.lease());
        return inTransaction(mapper -> mapper.claim(pending.chargeKey(), pending.dueAt(), lease)) == 1
                ? Optional.of(lease)
                : Optional.empty();
    }

    private void carryOut(PendingVoidOrRefund pending, LocalDateTime lease) {
        try {
            ChargeRow charge = mapper.find(pending.chargeKey()).orElseThrow();
            UndoOutcome outcome = charge.status().canBeUndone()
                    ? charges.undo(charge, pending.refusals(), Captured.IS_REFUNDED)
                    : null;
            record(pending, lease, charge, outcome);
        } catch (RuntimeException e) {
            log.warn("The charge with key {} could not be undone", pending.chargeKey(), e);
            later(
                    pending,
                    lease,
                    pending.refusals(),
                    "failed with " + e.getClass().getSimpleName());
        }
    }

    /**
     * Writes down what came of one attempt.
     *
     * @param outcome null if the charge was settled already
     */
    void record(PendingVoidOrRefund pending, LocalDateTime lease, ChargeRow charge, @Nullable UndoOutcome outcome) {
        if (outcome == null) {
            settle(pending, lease, charge, charge.status(), null);
        } else if (outcome instanceof UndoOutcome.Settled settled) {
            settle(pending, lease, charge, settled.status(), settled);
        } else if (outcome instanceof UndoOutcome.Absent) {
            if (charge.gatewayId() != null) {
                // It was named to us once. That it is gone is for people to find out, and no reason to forget it.
                later(pending, lease, pending.refusals(), "the gateway does not know its own charge any more");
            } else if (now().isBefore(pending.createdAt().plus(properties.lookFor()))) {
                later(pending, lease, pending.refusals(), "the gateway knows no charge so far");
            } else {
                settle(pending, lease, charge, ChargeStatus.ABSENT, null);
            }
        } else if (outcome instanceof UndoOutcome.Refused refused) {
            log.error(
                    "ALARM the gateway refuses to undo the charge of order {}: {}, key {}; it is tried again",
                    charge.orderId(),
                    refused.code(),
                    charge.chargeKey());
            later(pending, lease, pending.refusals() + 1, "refused: " + refused.code());
        } else {
            later(pending, lease, pending.refusals(), ((UndoOutcome.Unknown) outcome).why());
        }
    }

    /** What is known of the charge and the end of the pending row: both or neither. */
    private void settle(
            PendingVoidOrRefund pending,
            LocalDateTime lease,
            ChargeRow charge,
            ChargeStatus status,
            UndoOutcome.@Nullable Settled seen) {
        VoidOrRefundOutcome outcome = VoidOrRefundOutcome.of(status);
        boolean settled = Boolean.TRUE.equals(transaction.execute(running -> {
            if (mapper.settle(pending.chargeKey(), lease, outcome, now()) != 1) {
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
            log.info("The charge of order {} was taken over by others, key {}", charge.orderId(), charge.chargeKey());
        }
    }

    private void later(PendingVoidOrRefund pending, LocalDateTime lease, int refusals, String why) {
        Duration delay = backoff.delayAfter(pending.attempts() + 1, delays);
        String error = why.length() <= MAX_ERROR_LENGTH ? why : why.substring(0, MAX_ERROR_LENGTH);
        inTransaction(mapper -> mapper.later(pending.chargeKey(), lease, refusals, now().plus(delay), error));
        if (pending.attempts() == 0) {
            log.warn("The charge with key {} is not undone yet: {}", pending.chargeKey(), error);
        }
    }

    private int inTransaction(ToIntFunction<ChargeMapper> sql) {
        return Objects.requireNonNull(transaction.execute(status -> sql.applyAsInt(mapper)));
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock);
    }
}
