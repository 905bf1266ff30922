package io.holdfast.payment.card;

import io.holdfast.payment.gateway.CardGateway;
import io.holdfast.payment.gateway.Found;
import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.gateway.GatewayOutcome;
import io.holdfast.payment.gateway.GatewayOutcome.Done;
import io.holdfast.payment.gateway.GatewayOutcome.Refused;
import io.holdfast.payment.gateway.GatewayOutcome.Unknown;
import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.NotYetException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The charges of card payments in the second phase of their branch: what is done at the gateway, and how it is recorded. Each step is
 * idempotent.
 */
@Component
public class Charges {

    private static final Logger log = LoggerFactory.getLogger(Charges.class);

    private final ChargeMapper mapper;
    private final CardGateway gateway;
    private final VoidOrRefundSchedule schedule;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Charges(
            ChargeMapper mapper,
            CardGateway gateway,
            VoidOrRefundSchedule schedule,
            PlatformTransactionManager transactionManager,
            Clock clock) {
        this.mapper = mapper;
        this.gateway = gateway;
        this.schedule = schedule;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    // Confirm

    /**
     * Takes the money of all payments of a branch, at the gateway. Call it outside any database transaction.
     *
     * @throws NotYetException if it is unknown of one of them whether it is taken
     * @throws ConfirmRefusedException if the money of one of them will never be taken
     */
    public void capture(String xid, long branchId) {
        List<String> without = mapper.ordersWithoutCharge(xid, branchId);
        if (!without.isEmpty()) {
            throw new ConfirmRefusedException("the payment of order " + without.get(0) + " was never authorized");
        }
        List<String> refusals = new ArrayList<>();
        for (ChargeRow charge : mapper.ofBranch(xid, branchId)) {
            refusalOf(charge, capture(charge)).ifPresent(refusals::add);
        }
        // Only now, so that one refusal keeps no other charge of the branch from being captured.
        if (!refusals.isEmpty()) {
            throw new ConfirmRefusedException(refusals.get(refusals.size() - 1));
        }
    }

    private static Optional<String> refusalOf(ChargeRow charge, GatewayOutcome outcome) {
        return outcome.fold(
                done -> Optional.empty(),
                refused -> Optional.of("the gateway refuses to capture the payment of order " + charge.orderId() + ": "
                        + refused.code()),
                unknown -> {
                    throw new NotYetException("it is unknown whether the payment of order " + charge.orderId()
                            + " is captured: " + unknown.why());
                });
    }

    private GatewayOutcome capture(ChargeRow charge) {
        if (!charge.status().isUnsettled()) {
            return charge.status() == ChargeStatus.CAPTURED
                    ? new Done(new GatewayCharge(
                            Objects.requireNonNull(charge.gatewayId()),
                            charge.orderId(),
                            GatewayCharge.State.CAPTURED,
                            null,
                            charge.money()))
                    : new Refused("charge-" + charge.status().name().toLowerCase(Locale.ROOT), null);
        }
        String id = charge.gatewayId();
        if (id == null) {
            return captureFound(charge);
        }
        return gateway.capture(charge.captureKey(), id)
                .fold(done -> done, refused -> checked(charge, refused), unknown -> checked(charge, unknown));
    }

    /** The answer to the authorize never came here. No order should be decided without it, so this is for the unexpected. */
    private GatewayOutcome captureFound(ChargeRow charge) {
        return query(charge)
                .fold(
                        found -> {
                            if (found.charge().state() == GatewayCharge.State.AUTHORIZED) {
                                record(charge, ChargeStatus.AUTHORIZED, found.charge());
                                return gateway.capture(
                                        charge.captureKey(), found.charge().id());
                            }
                            return captured(found.charge());
                        },
                        noCharge -> new Refused("unknown-charge", null),
                        unknown -> new Unknown(unknown.why()));
    }

    /** The capture was refused or not answered, so the state of the charge decides. */
    private GatewayOutcome checked(ChargeRow charge, GatewayOutcome outcome) {
        return query(charge)
                .fold(
                        // If it is still held, the capture may be under way, or was refused.
                        found -> found.charge().state() == GatewayCharge.State.AUTHORIZED
                                ? outcome
                                : captured(found.charge()),
                        noCharge -> outcome,
                        unknown -> outcome);
    }

    private static GatewayOutcome captured(GatewayCharge charge) {
        return switch (charge.state()) {
            case CAPTURED -> new Done(charge);
            case AUTHORIZED -> new Unknown("the charge is held and not taken");
            case VOIDED -> new Refused("charge-voided", charge.id());
            case REFUNDED -> new Refused("charge-refunded", charge.id());
            case DECLINED -> new Refused("charge-declined", charge.id());
        };
    }

    /** Records that {@link #capture} succeeded. Call it in the local transaction in which the payments become CAPTURED. */
    public void recordCaptures(String xid, long branchId) {
        for (ChargeRow charge : mapper.ofBranch(xid, branchId)) {
            if (charge.status() != ChargeStatus.CAPTURED) {
                move(charge, ChargeStatus.CAPTURED, null, null);
            }
        }
    }

    // Cancel and give-up

    /**
     * Schedules the void or refund of what the gateway may hold or have taken for a branch. Call it in the local transaction that
     * ends its payments.
     */
    public void scheduleVoidOrRefund(String xid, long branchId) {
        for (ChargeRow charge : mapper.ofBranch(xid, branchId)) {
            if (charge.status().isUnsettled()) {
                schedule.add(charge.chargeKey());
                log.info(
                        "The charge of order {} is {} and has to be voided or refunded, key {}",
                        charge.orderId(),
                        charge.status(),
                        charge.chargeKey());
            }
        }
    }

    /**
     * Schedules the refund of what was captured for an order. Call it in the local transaction in which its payment becomes REFUNDED.
     */
    public void scheduleRefund(String xid, long branchId, String orderId) {
        ChargeRow charge = mapper.ofBranch(xid, branchId).stream()
                .filter(found -> found.orderId().equals(orderId))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the payment of order " + orderId + " has no charge"));
        if (charge.status() != ChargeStatus.CAPTURED) {
            throw new IllegalStateException("the charge of order " + orderId + " is " + charge.status()
                    + ", and only what was captured is refunded");
        }
        schedule.add(charge.chargeKey());
        log.info("The charge of order {} has to be refunded, key {}", orderId, charge.chargeKey());
    }

    /**
     * Queries each charge of a branch and voids those that are only authorized, as far as the gateway can be reached, and records the
     * results. A charge that turns out to be captured is left alone: the payment succeeded. Call it outside any transaction.
     */
    public void settleForGiveUp(String xid, long branchId) {
        for (ChargeRow charge : mapper.ofBranch(xid, branchId)) {
            if (!charge.status().isUnsettled()) {
                continue;
            }
            UndoOutcome outcome = undo(charge, 0, Captured.IS_KEPT);
            outcome.settled()
                    .ifPresentOrElse(
                            settled -> record(charge, settled.status(), settled.charge()),
                            () -> log.warn(
                                    "The charge of order {} cannot be settled yet: {}", charge.orderId(), outcome));
        }
    }

    /** Those of the orders that have a charge which is still to be voided or refunded. */
    public List<String> owed(List<String> orderIds) {
        return mapper.findOwed(orderIds);
    }

    /** The gateway's id of an order's charge; empty as long as the gateway has named none. */
    public Optional<String> gatewayIdOf(String xid, long branchId, String orderId) {
        return Optional.ofNullable(mapper.findGatewayId(xid, branchId, orderId));
    }

    /** The orders of a branch whose charge is known to be captured. */
    public Set<String> capturedOrders(String xid, long branchId) {
        return mapper.ofBranch(xid, branchId).stream()
                .filter(charge -> charge.status() == ChargeStatus.CAPTURED)
                .map(ChargeRow::orderId)
                .collect(Collectors.toSet());
    }

    /** How to treat a charge that turns out to be captured. */
    enum Captured {
        IS_KEPT,
        IS_REFUNDED
    }

    /**
     * Queries the charge and voids or refunds it accordingly. The gateway lets a charge be voided or refunded once; the key makes
     * sure that a repeated request is not even taken for a second one.
     *
     * @param refusals how often the gateway has refused that for good
     */
    UndoOutcome undo(ChargeRow charge, int refusals, Captured captured) {
        UndoOutcome outcome = undoOnce(charge, refusals, captured);
        // It changed between the query and the call, as when it was captured just before it was to be voided.
        return outcome.isOutdated() ? undoOnce(charge, refusals, captured) : outcome;
    }

    private UndoOutcome undoOnce(ChargeRow charge, int refusals, Captured captured) {
        return query(charge)
                .fold(
                        found -> undo(charge, found.charge(), refusals, captured),
                        noCharge -> new UndoOutcome.Absent(),
                        unknown -> new UndoOutcome.Unknown(unknown.why()));
    }

    private UndoOutcome undo(ChargeRow charge, GatewayCharge seen, int refusals, Captured captured) {
        return switch (seen.state()) {
            case AUTHORIZED -> undone(gateway.cancel(charge.voidKey(refusals), seen.id()), ChargeStatus.VOIDED, seen);
            case CAPTURED ->
                captured == Captured.IS_KEPT
                        ? new UndoOutcome.Settled(ChargeStatus.CAPTURED, seen)
                        : undone(gateway.refund(charge.refundKey(refusals), seen.id()), ChargeStatus.REFUNDED, seen);
            case VOIDED -> new UndoOutcome.Settled(ChargeStatus.VOIDED, seen);
            case REFUNDED -> new UndoOutcome.Settled(ChargeStatus.REFUNDED, seen);
            case DECLINED -> new UndoOutcome.Settled(ChargeStatus.DECLINED, seen);
        };
    }

    private static UndoOutcome undone(GatewayOutcome outcome, ChargeStatus status, GatewayCharge seen) {
        return outcome.fold(
                done -> new UndoOutcome.Settled(status, seen),
                refused -> new UndoOutcome.Refused(refused.code()),
                unknown -> new UndoOutcome.Unknown(unknown.why()));
    }

    private Found query(ChargeRow charge) {
        return charge.gatewayId() == null ? gateway.findByKey(charge.authorizeKey()) : gateway.find(charge.gatewayId());
    }

    // What is known of a charge

    /** In a transaction of its own, or in the one that is open. */
    private void record(ChargeRow charge, ChargeStatus next, GatewayCharge seen) {
        String refusal =
                next == ChargeStatus.DECLINED ? Objects.requireNonNullElse(seen.declineCode(), "card-declined") : null;
        transaction.executeWithoutResult(status -> move(charge, next, seen.id(), refusal));
    }

    /**
     * Records one step of a charge, in the local transaction that is open.
     *
     * @throws IllegalStateException if the charge is not what it was read as, and not in the next status either
     */
    void move(ChargeRow charge, ChargeStatus next, @Nullable String gatewayId, @Nullable String refusal) {
        if (!charge.status().mayBecome(next)) {
            throw new IllegalStateException(
                    "the charge of order " + charge.orderId() + " does not go from " + charge.status() + " to " + next);
        }
        if (mapper.move(charge.chargeKey(), charge.status(), next, gatewayId, refusal, now()) == 1) {
            log.info(
                    "The charge of order {} goes from {} to {}, key {}",
                    charge.orderId(),
                    charge.status(),
                    next,
                    charge.chargeKey());
            return;
        }
        // Another caller may have recorded the same step.
        ChargeStatus found = mapper.find(charge.chargeKey()).orElseThrow().status();
        if (found != next) {
            throw new IllegalStateException("the charge of order " + charge.orderId() + " was read as "
                    + charge.status() + " and is " + found + ", not " + next);
        }
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock);
    }
}
