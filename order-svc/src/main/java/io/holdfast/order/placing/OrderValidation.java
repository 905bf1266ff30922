package io.holdfast.order.placing;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.OrderLimits;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import io.holdfast.order.model.ValidationError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a purchase of a request, or finds all that is wrong with it, so that a buyer's programmer needs one try and not seven. */
public final class OrderValidation {

    /** Enough to see what is wrong; a request of 200 bad lines does not get an answer of 600. */
    private static final int MAX_ERRORS = 20;

    private final List<ValidationError> errors = new ArrayList<>();

    /** Of one request. */
    public OrderValidation() {}

    /** @throws InvalidOrderException with what is wrong, if anything is */
    static ValidOrder validate(PlaceOrderRequest request) {
        return new OrderValidation().order(request);
    }

    /**
     * The limits are checked apart and later, for they change: a request that is repeated after they have been lowered still gets
     * the answer to the order it once made.
     *
     * @throws InvalidOrderException if it asks for more than is allowed
     */
    static void validate(Purchase purchase, OrderLimits limits) {
        List<ValidationError> exceeded = limits.exceededBy(purchase).stream()
                .map(error -> new ValidationError("items", error))
                .toList();
        if (!exceeded.isEmpty()) {
            throw new InvalidOrderException(exceeded);
        }
    }

    /** @return null if there is none, or it is missing or wrong, which is noted then */
    public @Nullable CardToken card(@Nullable PaymentMethod method, PlaceOrderRequest.@Nullable Payment payment) {
        return method == PaymentMethod.CARD && payment != null
                ? value("payment.token", payment.token(), CardToken::new)
                : null;
    }

    private ValidOrder order(PlaceOrderRequest request) {
        BuyerId buyer = value("buyerId", request.buyerId(), BuyerId::named);
        List<OrderLine> lines = lines(request.items());
        PaymentMethod method = method(request.payment());
        CardToken card = card(method, request.payment());
        if (lines != null) {
            Purchase.violationsOf(lines).forEach(error -> add("items", error));
        }
        if (buyer == null || lines == null || method == null || !errors.isEmpty()) {
            throw new InvalidOrderException(errors);
        }
        return new ValidOrder(new Purchase(buyer, lines, method), Optional.ofNullable(card));
    }

    /** @return null if not every line could be read: then nothing can be said of them together */
    private @Nullable List<OrderLine> lines(@Nullable List<PlaceOrderRequest.@Nullable Item> items) {
        if (items == null) {
            add("items", "is missing");
            return null;
        }
        if (items.size() > OrderLimits.MAX_LINES) {
            add("items", "must have at most " + OrderLimits.MAX_LINES + " lines");
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

    /** @return null if it is missing or wrong, which is noted then */
    public @Nullable PaymentMethod method(PlaceOrderRequest.@Nullable Payment payment) {
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
    public <T, V> @Nullable V value(String field, @Nullable T raw, Function<T, @Nullable V> make) {
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

    /** @throws InvalidOrderException if anything is wrong */
    public void requireValid() {
        if (!errors.isEmpty()) {
            throw new InvalidOrderException(errors);
        }
    }

    /** Notes one thing that is wrong. */
    public void add(String field, String message) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(new ValidationError(field, message));
        }
    }
}
