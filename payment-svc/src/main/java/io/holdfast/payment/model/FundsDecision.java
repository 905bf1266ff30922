package io.holdfast.payment.model;

import io.holdfast.payment.model.Refusal.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the buyers of a list of orders can pay for all of them. */
public sealed interface FundsDecision {

    /** What to set aside, in minor units, by buyer; nothing if an order is refused. */
    SortedMap<BuyerId, Long> amounts();

    /** Every order that must be left out for the rest to be granted, in the order of the list; none if all are granted. */
    List<Refusal> refusals();

    /** @param amounts by buyer, all orders of a buyer together */
    record Granted(SortedMap<BuyerId, Long> amounts) implements FundsDecision {

        @Override
        public List<Refusal> refusals() {
            return List.of();
        }
    }

    /** @param refusals at least one */
    record Refused(List<Refusal> refusals) implements FundsDecision {

        @Override
        public SortedMap<BuyerId, Long> amounts() {
            return Collections.emptySortedMap();
        }
    }

    /**
     * Serves the orders greedily: each takes what it needs from what the ones before it have left, or is refused and takes
     * nothing. So the same list without the refused orders is granted as long as the accounts stay as they are.
     *
     * @param accounts the accounts of the orders' buyers, as far as there are any
     */
    static FundsDecision on(List<PaymentRequest> orders, Map<BuyerId, Account> accounts) {
        SortedMap<BuyerId, Long> granted = new TreeMap<>();
        Map<BuyerId, Long> left = new HashMap<>();
        List<Refusal> refusals = new ArrayList<>();
        for (PaymentRequest order : orders) {
            Account account = accounts.get(order.buyer());
            long available = account == null ? 0 : left.getOrDefault(order.buyer(), account.balance());
            Refusal refusal = refusal(order, account, available);
            if (refusal != null) {
                refusals.add(refusal);
                continue;
            }
            long amount = order.amount().minor();
            left.put(order.buyer(), available - amount);
            // Cannot overflow: together they are at most the balance.
            granted.merge(order.buyer(), amount, Math::addExact);
        }
        return refusals.isEmpty() ? new Granted(granted) : new Refused(List.copyOf(refusals));
    }

    private static @Nullable Refusal refusal(PaymentRequest order, @Nullable Account account, long available) {
        if (account == null) {
            return new Refusal(order.order(), Reason.INSUFFICIENT_FUNDS, "The buyer has no account.", 0);
        }
        if (!account.currency().equals(order.amount().currency())) {
            return new Refusal(
                    order.order(),
                    Reason.INVALID_ORDER,
                    "The order is in " + order.amount().currency() + " and the buyer's account in " + account.currency()
                            + ".",
                    available);
        }
        if (order.amount().minor() > available) {
            return new Refusal(
                    order.order(), Reason.INSUFFICIENT_FUNDS, "The balance is too low for this order.", available);
        }
        return null;
    }
}
