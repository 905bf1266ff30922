package io.holdfast.order.downstream;

import io.holdfast.order.model.OrderId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What orders hold and have paid, as the downstream services have it, for comparing. The words are theirs: they may have some that we
 * do not know.
 */
@Component
public class DownstreamStates {

    private static final String RELEASED = "RELEASED";

    private final StockStatesClient stock;
    private final PaymentStatesClient payment;

    DownstreamStates(StockStatesClient stock, PaymentStatesClient payment) {
        this.stock = stock;
        this.payment = payment;
    }

    /** @throws DownstreamUnavailableException if one of them does not answer, or not in a way that can be understood */
    public Map<OrderId, Held> of(List<OrderId> orders) {
        List<String> ids = orders.stream().map(OrderId::value).toList();
        Map<OrderId, List<Goods>> goods = new HashMap<>();
        for (StockStatesClient.State state : ask("stock-svc", () -> stock.statesOf(new StockStatesClient.StatesOf(ids))
                .reservations())) {
            if (state == null || state.orderId() == null || state.sku() == null || state.status() == null) {
                throw new DownstreamUnavailableException(
                        "stock-svc told of a reservation without order, SKU or status");
            }
            goods.computeIfAbsent(new OrderId(state.orderId()), id -> new ArrayList<>())
                    .add(new Goods(state.sku(), state.quantity(), state.status()));
        }
        Map<OrderId, Money> money = new HashMap<>();
        for (PaymentStatesClient.State state :
                ask("payment-svc", () -> payment.statesOf(new PaymentStatesClient.StatesOf(ids))
                        .payments())) {
            if (state == null || state.orderId() == null || state.amount() == null || state.status() == null) {
                throw new DownstreamUnavailableException(
                        "payment-svc told of a payment without order, amount or status");
            }
            money.put(
                    new OrderId(state.orderId()),
                    new Money(state.amount().minor(), state.amount().currency(), state.buyerId(), state.status()));
        }
        Map<OrderId, Held> held = new HashMap<>();
        orders.forEach(id -> held.put(id, new Held(goods.getOrDefault(id, List.of()), money.get(id))));
        return held;
    }

    /**
     * Those of the orders that hold nothing at the downstream services, and of which nothing is still to be voided or refunded.
     *
     * @throws DownstreamUnavailableException if one of them does not answer, or not in a way that can be understood
     */
    public Set<OrderId> withNothingOpen(List<OrderId> orders) {
        List<String> ids = orders.stream().map(OrderId::value).toList();
        Set<OrderId> free = new LinkedHashSet<>(orders);
        of(orders).forEach((id, held) -> {
            if (held.payment() != null
                    || held.goods().stream().anyMatch(goods -> !goods.status().equals(RELEASED))) {
                free.remove(id);
            }
        });
        for (String owed : ask("payment-svc", () -> payment.statesOf(new PaymentStatesClient.StatesOf(ids))
                .owed())) {
            if (owed == null || !OrderId.isWellFormed(owed)) {
                throw new DownstreamUnavailableException("payment-svc told of an obligation without order");
            }
            free.remove(new OrderId(owed));
        }
        return free;
    }

    private static <T> List<T> ask(String service, Supplier<@Nullable List<T>> call) {
        List<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            throw new DownstreamUnavailableException(service + " did not tell what orders have there: "
                    + e.getClass().getSimpleName());
        }
        if (answer == null) {
            throw new DownstreamUnavailableException(service + " told nothing of what orders have there");
        }
        return answer;
    }

    /**
     * What there is of one order.
     *
     * @param payment null if there is none, or it was cancelled
     */
    public record Held(List<Goods> goods, @Nullable Money payment) {}

    /** @param status RESERVED, SOLD or RELEASED */
    public record Goods(String sku, long quantity, String status) {}

    /** @param status OPEN, CAPTURED, GIVEN_UP or REFUNDED */
    public record Money(
            long minor, String currency, @Nullable String buyer, String status) {}

    /** Somebody did not answer, so nothing can be concluded. */
    public static final class DownstreamUnavailableException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        DownstreamUnavailableException(String why) {
            super(why, null, false, false);
        }
    }
}
