package io.holdfast.order.reading;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.order.model.CancellationRequest;
import io.holdfast.order.model.Closing;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.SaleId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An order as it is shown outside. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Order")
public record OrderView(
        @Schema(example = "0198c0de-7f00-7abc-8def-0123456789ab")
        String orderId,

        @Schema(example = "alice") String buyerId,

        @Schema(
                description = "RECEIVED and PLACED: not decided yet. CONFIRMING: decided, and being confirmed. CLOSING:"
                        + " its payment was given up, or it was paid and then cancelled, and what it took goes back. CLOSED and"
                        + " REJECTED: final. PAID: final unless it is cancelled.")
        OrderStatus status,

        @Schema(description = "The sale that it was placed in, if any", format = "uuid") @Nullable
        String saleId,

        Amount total,
        List<Item> items,
        Payment payment,

        @Schema(
                description =
                        "The global transaction that carries it out; missing if it was refused before one was needed")
        @Nullable
        String xid,

        @Schema(description = "Why it was not carried out; of a REJECTED order only") @Nullable
        Reason rejection,

        @Schema(description = "Why it was closed; of a CLOSING or CLOSED order only") @Nullable
        Reason closing,

        @Schema(
                description =
                        "That somebody wants it to be cancelled; of an order that is CONFIRMING, CLOSING or CLOSED")
        @Nullable
        Cancellation cancellation,

        Instant createdAt,

        @Schema(description = "When it became PAID, CLOSED or REJECTED") @Nullable
        Instant decidedAt) {

    /** As its buyer may see it. */
    public static OrderView of(Order order) {
        return of(order, Closing::reasonForBuyer);
    }

    /** As the caller may see it: operators see why a payment was given up. */
    public static OrderView of(Order order, AuthenticatedCaller reader) {
        return reader.operator() ? of(order, Closing::reason) : of(order);
    }

    private static OrderView of(Order order, Function<Closing, String> closingReason) {
        return new OrderView(
                order.id().value(),
                order.purchase().buyer().value(),
                order.status(),
                order.purchase().sale().map(SaleId::value).orElse(null),
                Amount.of(order.total()),
                order.purchase().lines().stream().map(Item::of).toList(),
                new Payment(order.purchase().method().name()),
                order.xid(),
                order.whyRejected().map(Reason::of).orElse(null),
                order.whyClosed()
                        .map(closing -> new Reason(closing.cause().code(), closingReason.apply(closing)))
                        .orElse(null),
                order.cancellationRequest().map(Cancellation::of).orElse(null),
                order.createdAt(),
                order.decidedAt());
    }

    @Schema(name = "Money", description = "In the smallest unit of the currency")
    public record Amount(
            @Schema(example = "3998") long minor,
            @Schema(example = "CNY") String currency) {

        public static Amount of(Money money) {
            return new Amount(money.minor(), money.currency());
        }
    }

    @Schema(name = "OrderItem")
    public record Item(
            @Schema(example = "apple-1") String sku,
            @Schema(example = "2") int quantity,
            Amount unitPrice) {

        static Item of(OrderLine line) {
            return new Item(line.sku().plain().value(), line.quantity().value(), Amount.of(line.unitPrice()));
        }
    }

    @Schema(name = "OrderPayment")
    public record Payment(@Schema(example = "WALLET") String method) {}

    @Schema(name = "OrderCancellation")
    public record Cancellation(
            @Schema(example = "Ordered twice by mistake.") String reason, Instant askedAt) {

        static Cancellation of(CancellationRequest request) {
            return new Cancellation(request.reason(), request.askedAt());
        }
    }

    @Schema(name = "OrderRejection")
    public record Reason(@Schema(example = "out-of-stock") String code, String detail) {

        static Reason of(Rejection why) {
            return new Reason(why.reason().code(), why.detail());
        }
    }
}
