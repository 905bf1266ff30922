package io.holdfast.order.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.message.LocalMessages;
import io.holdfast.message.OutgoingMessage;
import io.holdfast.order.model.Closing.Cause;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.store.OrderMapper.OrderEventRow;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is published about orders: one event for each end of a step, and the requests to release goods and to refund money. All are
 * written in the transaction of the change, with one statement for all orders of a branch. Their ids are made of the order's, so that
 * nothing is published twice.
 */
@Component
class OrderMessages {

    static final String EVENTS = "holdfast.order.events";
    static final String RELEASE = "holdfast.stock.release";
    static final String REFUND = "holdfast.payment.refund";

    private final LocalMessages messages;
    private final JsonMapper json;
    private final Clock clock;

    OrderMessages(LocalMessages messages, JsonMapper json, Clock clock) {
        this.messages = messages;
        this.json = json;
        this.clock = clock;
    }

    void placed(List<OrderEventRow> orders) {
        publish(Event.PLACED, orders);
    }

    void paid(List<OrderEventRow> orders) {
        publish(Event.PAID, orders);
    }

    void rejected(List<OrderEventRow> orders) {
        publish(Event.REJECTED, orders);
    }

    void closed(OrderEventRow order) {
        publish(Event.CLOSED, List.of(order));
    }

    /** Asks stock-svc to release what the orders hold, whether it is reserved or sold. */
    void givenUp(List<OrderId> orders, String xid) {
        messages.write(orders.stream()
                .map(order -> release(order.value(), xid, Cause.PAYMENT_GIVEN_UP))
                .toList());
    }

    /** Asks stock-svc to release what the orders hold, and payment-svc to give their money back. */
    void cancelled(List<OrderEventRow> orders) {
        messages.write(orders.stream()
                .flatMap(order -> Stream.of(
                        release(order.orderId(), order.xid(), Cause.CANCELLED), refund(order.orderId(), order.xid())))
                .toList());
    }

    /** Under an id of its own: the first request was answered, and stock-svc would repeat its answer. */
    void releaseAgain(OrderEventRow order) {
        messages.write(List.of(OutgoingMessage.command(
                order.orderId() + ":release-stock:"
                        + UUID.randomUUID().toString().substring(0, 8),
                RELEASE,
                order.orderId(),
                json.writeValueAsString(
                        new CommandBody(order.orderId(), order.xid(), Objects.requireNonNull(order.reasonCode()))))));
    }

    private OutgoingMessage release(String order, @Nullable String xid, Cause cause) {
        return command(order, "release-stock", RELEASE, xid, cause);
    }

    private OutgoingMessage refund(String order, @Nullable String xid) {
        return command(order, "refund-payment", REFUND, xid, Cause.CANCELLED);
    }

    private OutgoingMessage command(String order, String what, String topic, @Nullable String xid, Cause cause) {
        return OutgoingMessage.command(
                order + ":" + what, topic, order, json.writeValueAsString(new CommandBody(order, xid, cause.code())));
    }

    private void publish(Event event, List<OrderEventRow> orders) {
        Instant now = clock.instant();
        messages.write(orders.stream()
                .map(order -> OutgoingMessage.event(
                        // The id of an order is ordered by time, so those of its events are inserted at one end of the
                        // index.
                        order.orderId() + ":" + event.word(),
                        EVENTS,
                        order.orderId(),
                        json.writeValueAsString(EventBody.of(event, order, now))))
                .toList());
    }

    private enum Event {
        PLACED,
        PAID,
        REJECTED,
        CLOSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record EventBody(
            String event,
            String orderId,
            String buyerId,
            Amount total,
            @Nullable String xid,
            @Nullable Reason reason,
            Instant at) {

        static EventBody of(Event event, OrderEventRow order, Instant now) {
            return new EventBody(
                    event.word(),
                    order.orderId(),
                    order.buyerId(),
                    new Amount(order.totalMinor(), order.currency()),
                    order.xid(),
                    order.reasonCode() == null ? null : new Reason(order.reasonCode(), order.reasonDetail()),
                    now);
        }
    }

    private record Amount(long minor, String currency) {}

    private record Reason(String code, @Nullable String detail) {}

    private record CommandBody(String orderId, @Nullable String xid, String reason) {}
}
