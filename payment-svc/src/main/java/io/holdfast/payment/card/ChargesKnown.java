package io.holdfast.payment.card;

import io.holdfast.payment.gateway.CardGateway;
import io.holdfast.payment.gateway.GatewayCharge;
import io.holdfast.reconciliation.CursorCheck;
import io.holdfast.reconciliation.Finding;
import io.holdfast.reconciliation.NotCompletedException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * I9, seen from the gateway: every charge that it has is one that was meant here. The intent is committed before the gateway is
 * called for the first time, so there is no moment in which a charge may be unknown.
 */
@Component
class ChargesKnown extends CursorCheck<GatewayCharge> {

    private static final int PAGE = 100;

    private final ChargeMapper mapper;
    private final CardGateway gateway;

    ChargesKnown(ChargeMapper mapper, CardGateway gateway, Clock clock) {
        super(PAGE, clock);
        this.mapper = mapper;
        this.gateway = gateway;
    }

    @Override
    public String name() {
        return "charges-known";
    }

    @Override
    public String invariant() {
        return "I9";
    }

    @Override
    public String sentence() {
        return "every charge of the gateway's belongs to an order whose payment meant it";
    }

    @Override
    protected List<GatewayCharge> after(String cursor, int limit) {
        return gateway.after(cursor, limit)
                .orElseThrow(() -> new NotCompletedException("the gateway does not list its charges"));
    }

    @Override
    protected String cursorAt(GatewayCharge charge) {
        return charge.id();
    }

    @Override
    protected List<GatewayCharge> named(List<String> chargeIds) {
        List<GatewayCharge> found = new ArrayList<>();
        for (String id : chargeIds) {
            ChargesAgree.certain(gateway.find(id)).ifPresent(found::add);
        }
        return found;
    }

    @Override
    protected List<Finding> compare(List<GatewayCharge> charges) {
        List<Finding> findings = new ArrayList<>();
        Set<String> known = new HashSet<>(mapper.ordersWithCharge(
                charges.stream().map(ChargesKnown::order).toList()));
        for (GatewayCharge charge : charges) {
            if (!known.contains(order(charge))) {
                findings.add(new Finding(
                        charge.id(),
                        "charge " + charge.id() + " for " + order(charge) + " is " + charge.state()
                                + " at the gateway, and no payment here meant it"));
            }
        }
        return findings;
    }

    private static String order(GatewayCharge charge) {
        return Objects.requireNonNullElse(charge.reference(), "");
    }
}
