package io.holdfast.payment.card;

import io.holdfast.payment.gateway.CardGateway;
import io.holdfast.payment.gateway.Found;
import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.reconciliation.CursorCheck;
import io.holdfast.reconciliation.Finding;
import io.holdfast.reconciliation.Grace;
import io.holdfast.reconciliation.NotCompletedException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * I9: every card payment and the gateway's charge for it say the same.
 *
 * <p>One difference is set right without doubt: the gateway holds or has taken money for a payment that was ended without it, and
 * no void or refund is pending. Then one is scheduled. Every other difference is left to people.
 */
@Component
class ChargesAgree extends CursorCheck<ChargeAndPayment> {

    private static final int PAGE = 50;

    private final ChargeMapper mapper;
    private final CardGateway gateway;
    private final VoidOrRefundSchedule schedule;
    private final TransactionTemplate transaction;
    private final Grace grace;
    private final Clock clock;

    ChargesAgree(
            ChargeMapper mapper,
            CardGateway gateway,
            VoidOrRefundSchedule schedule,
            PlatformTransactionManager transactionManager,
            Grace grace,
            Clock clock) {
        super(PAGE, clock);
        this.mapper = mapper;
        this.gateway = gateway;
        this.schedule = schedule;
        this.transaction = new TransactionTemplate(transactionManager);
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "charges-agree";
    }

    @Override
    public String invariant() {
        return "I9";
    }

    @Override
    public String sentence() {
        return "the gateway has taken exactly what is captured here, and holds nothing for a payment that has ended otherwise";
    }

    @Override
    protected List<ChargeAndPayment> after(String cursor, int limit) {
        int colon = cursor.indexOf(':');
        long millis = colon < 0 ? 0 : Long.parseLong(cursor.substring(0, colon));
        LocalDateTime at = LocalDateTime.ofEpochSecond(
                Math.floorDiv(millis, 1000L), (int) Math.floorMod(millis, 1000L) * 1_000_000, ZoneOffset.UTC);
        return mapper.changedAfter(at, cursor.substring(colon + 1), before(), limit);
    }

    @Override
    protected String cursorAt(ChargeAndPayment charge) {
        return charge.changedAt().toInstant(ZoneOffset.UTC).toEpochMilli() + ":" + charge.chargeKey();
    }

    @Override
    protected List<ChargeAndPayment> named(List<String> chargeKeys) {
        return mapper.named(chargeKeys, before());
    }

    @Override
    protected List<Finding> compare(List<ChargeAndPayment> charges) {
        List<Finding> findings = new ArrayList<>();
        for (ChargeAndPayment charge : charges) {
            // An open payment is under way, and a pending void or refund will be carried out.
            if (charge.payment() != PaymentStatus.OPEN && !charge.pending()) {
                compare(charge).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private Optional<Finding> compare(ChargeAndPayment charge) {
        Optional<GatewayCharge> there = atTheGateway(charge);
        GatewayCharge.State state = there.map(GatewayCharge::state).orElse(null);
        boolean captured = charge.payment() == PaymentStatus.CAPTURED;
        boolean right = captured
                ? state == GatewayCharge.State.CAPTURED
                : state != GatewayCharge.State.CAPTURED && state != GatewayCharge.State.AUTHORIZED;
        String story = "order " + charge.orderId() + ": the payment is " + charge.payment() + ", the charge is "
                + charge.status() + " here and " + (state == null ? "not known" : state) + " at the gateway";
        if (!right) {
            boolean safe = !captured && charge.status().canBeUndone();
            return Optional.of(
                    new Finding(charge.chargeKey(), story, safe ? () -> scheduleVoidOrRefund(charge) : null));
        }
        boolean sameAmount = there.map(GatewayCharge::amount)
                .map(amount -> Objects.equals(amount, charge.money()))
                .orElse(true);
        return sameAmount
                ? Optional.empty()
                : Optional.of(new Finding(
                        charge.chargeKey(),
                        story + ", with " + there.map(GatewayCharge::amount).orElseThrow() + " there and "
                                + charge.money() + " here"));
    }

    private Optional<GatewayCharge> atTheGateway(ChargeAndPayment charge) {
        String id = charge.gatewayId();
        return certain(id == null ? gateway.findByKey(charge.chargeKey() + "-authorize") : gateway.find(id));
    }

    /** @throws NotCompletedException if the gateway did not say */
    static Optional<GatewayCharge> certain(Found found) {
        return found.fold(charge -> Optional.of(charge.charge()), noCharge -> Optional.empty(), unknown -> {
            throw new NotCompletedException("the gateway: " + unknown.why());
        });
    }

    private String scheduleVoidOrRefund(ChargeAndPayment charge) {
        transaction.executeWithoutResult(running -> schedule.add(charge.chargeKey()));
        return "the charge is to be voided or refunded";
    }

    private LocalDateTime before() {
        return LocalDateTime.now(clock).minus(grace.time());
    }
}
