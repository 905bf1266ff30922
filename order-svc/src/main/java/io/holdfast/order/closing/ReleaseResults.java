package io.holdfast.order.closing;

import io.holdfast.message.IncomingMessage;
import io.holdfast.message.ResultHandler;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.ClosingOrders;
import io.holdfast.order.store.OrderRepository;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * stock-svc has released the goods of an order: noted in the transaction that confirms the message, and the order is CLOSED unless its
 * money is still to be given back.
 */
@Component
class ReleaseResults implements ResultHandler {

    private static final Logger log = LoggerFactory.getLogger(ReleaseResults.class);
    private static final String TOPIC = "holdfast.stock.release.results";
    private static final String RELEASED = "RELEASED";

    private final OrderRepository repository;
    private final ClosingOrders closing;
    private final JsonMapper json;

    ReleaseResults(OrderRepository repository, ClosingOrders closing, JsonMapper json) {
        this.repository = repository;
        this.closing = closing;
        this.json = json;
    }

    @Override
    public String resultTopic() {
        return TOPIC;
    }

    @Override
    public Set<String> senders() {
        return Set.of("stock-svc");
    }

    @Override
    public void handle(IncomingMessage result) {
        Body body = json.readValue(result.payload(), Body.class);
        if (body.orderId() == null || body.at() == null) {
            throw new IllegalArgumentException("The result of message " + result.id() + " names no order or no time");
        }
        if (!RELEASED.equals(body.outcome())) {
            // Nothing is held for the order, which is what was wanted; but it should have been.
            log.warn("stock-svc had nothing to release for order {}: {}", body.orderId(), body.outcome());
        }
        OrderId id = new OrderId(body.orderId());
        if (repository
                .find(id)
                .filter(order -> order.status() == OrderStatus.CLOSED)
                .isPresent()) {
            // The reconciler found goods that were still held, and had them released once more.
            log.warn("The goods of order {}, which is closed, are released once more: {}", id, body.outcome());
            return;
        }
        OrderStatus now = closing.released(id, body.at());
        log.info("The goods of order {} are released, it is {}", body.orderId(), now);
    }

    /** @param at when stock-svc released the goods */
    private record Body(
            @Nullable String orderId,
            @Nullable String outcome,
            @Nullable Instant at) {}
}
