package io.holdfast.order.closing;

import io.holdfast.message.IncomingMessage;
import io.holdfast.message.ResultHandler;
import io.holdfast.order.model.OrderId;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.store.ClosingOrders;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * payment-svc has given back the money of a cancelled order, or owes it for certain: noted in the transaction that confirms the message,
 * and the order is CLOSED unless its goods are still to be released.
 */
@Component
class RefundResults implements ResultHandler {

    private static final Logger log = LoggerFactory.getLogger(RefundResults.class);
    private static final String TOPIC = "holdfast.payment.refund.results";
    private static final String REFUNDED = "REFUNDED";

    private final ClosingOrders closing;
    private final JsonMapper json;

    RefundResults(ClosingOrders closing, JsonMapper json) {
        this.closing = closing;
        this.json = json;
    }

    @Override
    public String resultTopic() {
        return TOPIC;
    }

    @Override
    public Set<String> senders() {
        return Set.of("payment-svc");
    }

    @Override
    public void handle(IncomingMessage result) {
        Body body = json.readValue(result.payload(), Body.class);
        if (body.orderId() == null || body.at() == null) {
            throw new IllegalArgumentException("The result of message " + result.id() + " names no order or no time");
        }
        if (!REFUNDED.equals(body.outcome())) {
            // No money is kept, which is what was wanted; but an order is PAID only if some was taken.
            log.error("payment-svc had nothing to refund for order {}: {}", body.orderId(), body.outcome());
        }
        OrderStatus now = closing.refunded(new OrderId(body.orderId()), body.at());
        log.info("The money of order {} is given back, it is {}", body.orderId(), now);
    }

    /** @param at when payment-svc gave the money back, or wrote down that the gateway has to */
    private record Body(
            @Nullable String orderId,
            @Nullable String outcome,
            @Nullable Instant at) {}
}
