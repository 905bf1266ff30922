package io.holdfast.order.intake;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.OrderLimits;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.Sku;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a purchase of a request, or finds all that is wrong with it, so that a buyer's programmer needs one try and not seven. */
final class OrderCheck {

    /** Enough to see what is wrong; a request of 200 bad lines does not get an answer of 600. */
    private static final int MOST_FLAWS = 20;

    private final List<Flaw> flaws = new ArrayList<>();

    private OrderCheck() {}

    /** @throws InvalidOrderException with what is wrong, if anything is */
    static Checked check(PlaceOrderRequest request) {
        return new OrderCheck().order(request);
    }

    /**
     * The limits are checked apart and later, for they change: a request that is repeated after they have been lowered still gets
     * the answer to the order it once made.
     *
     * @throws InvalidOrderException if it asks for more than is allowed
     */
    static void check(Purchase purchase, OrderLimits limits) {
        List<Flaw> exceeded = limits.exceededBy(purchase).stream()
                .map(flaw -> new Flaw("items", flaw))
                .toList();
        if (!exceeded.isEmpty()) {
            throw new InvalidOrderException(exceeded);
        }
    }

    /**
     * A purchase, and what only has to be handed on to carry it out.
     *
     * @param card if, and only if, it is paid by card
     */
    record Checked(Purchase purchase, Optional<CardToken> card) {}

    /**
     * What a buyer orders in a sale.
     *
     * @throws InvalidOrderException with what is wrong, if anything is
     */
    static Checked check(SaleOrderRequest request, Sale sale, BuyerId buyer) {
        return new OrderCheck().saleOrder(request, sale, buyer);
    }

    private Checked saleOrder(SaleOrderRequest request, Sale sale, BuyerId buyer) {
        Quantity quantity = value("quantity", request.quantity(), Quantity::of);
        if (quantity != null && quantity.value() > sale.terms().perBuyerLimit()) {
            add("quantity", "must be at most " + sale.terms().perBuyerLimit() + ", as many as one buyer may have");
        }
        PaymentMethod method = method(request.payment());
        CardToken card = card(method, request.payment());
        if (quantity != null) {
            Purchase.flawsOf(List.of(sale.line(quantity))).forEach(flaw -> add("quantity", flaw));
        }
        if (!flaws.isEmpty() || quantity == null || method == null) {
            throw new InvalidOrderException(flaws);
        }
        Purchase purchase = sale.purchase(buyer, quantity, method);
        return new Checked(purchase, Optional.ofNullable(card));
    }

    private @Nullable CardToken card(@Nullable PaymentMethod method, PlaceOrderRequest.@Nullable Payment payment) {
        return method == PaymentMethod.CARD && payment != null
                ? value("payment.token", payment.token(), CardToken::new)
                : null;
    }

    private Checked order(PlaceOrderRequest request) {
        BuyerId buyer = value("buyerId", request.buyerId(), BuyerId::named);
        List<OrderLine> lines = lines(request.items());
        PaymentMethod method = method(request.payment());
        CardToken card = card(method, request.payment());
        if (lines != null) {
            Purchase.flawsOf(lines).forEach(flaw -> add("items", flaw));
        }
        if (!flaws.isEmpty() || buyer == null || lines == null || method == null) {
            throw new InvalidOrderException(flaws);
        }
        return new Checked(new Purchase(buyer, lines, method), Optional.ofNullable(card));
    }

    /** @return null if not every line could be read: then nothing can be said of them together */
    private @Nullable List<OrderLine> lines(@Nullable List<PlaceOrderRequest.@Nullable Item> items) {
        if (items == null) {
            add("items", "is missing");
            return null;
        }
        if (items.size() > OrderLimits.MOST_LINES) {
            add("items", "must have at most " + OrderLimits.MOST_LINES + " lines");
            return null;
        }
        List<OrderLine> lines = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            OrderLine line = line("items[" + i + "]", items.get(i));
            if (line != null) {
                lines.add(line);
            }
        }
        return lines.size() == items.size() ? lines : null;
    }

    private @Nullable OrderLine line(String field, PlaceOrderRequest.@Nullable Item item) {
        if (item == null) {
            add(field, "is missing");
            return null;
        }
        Sku sku = value(field + ".sku", item.sku(), Sku::named);
        Quantity quantity = value(field + ".quantity", item.quantity(), Quantity::of);
        Money unitPrice = value(field + ".unitPrice", item.unitPrice(), price -> price(field, price));
        return sku == null || quantity == null || unitPrice == null ? null : new OrderLine(sku, quantity, unitPrice);
    }

    private @Nullable Money price(String line, PlaceOrderRequest.Price price) {
        if (price.minor() == null || price.currency() == null) {
            add(line + ".unitPrice", "must have both minor and currency");
            return null;
        }
        return new Money(price.minor(), price.currency());
    }

    private @Nullable PaymentMethod method(PlaceOrderRequest.@Nullable Payment payment) {
        if (payment == null) {
            add("payment", "is missing");
            return null;
        }
        PaymentMethod method = value("payment.method", payment.method(), PaymentMethod::of);
        if (method == PaymentMethod.WALLET && payment.token() != null) {
            add("payment.token", "has no meaning with WALLET");
        }
        return method;
    }

    /** @return null if it is missing or wrong, which is noted then */
    private <T, V> @Nullable V value(String field, @Nullable T raw, Function<T, @Nullable V> make) {
        if (raw == null) {
            add(field, "is missing");
            return null;
        }
        try {
            return make.apply(raw);
        } catch (InvalidValueException e) {
            add(field, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void add(String field, String message) {
        if (flaws.size() < MOST_FLAWS) {
            flaws.add(new Flaw(field, message));
        }
    }

    /**
     * @param field where, as the caller wrote it: {@code items[0].sku}
     * @param message what, in words that may follow the name of the field
     */
    record Flaw(String field, String message) {}
}
