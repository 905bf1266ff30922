package io.holdfast.stock.reservation;

import io.holdfast.message.IncomingMessage;
import io.holdfast.message.MessageHandler;
import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.reservation.Reservations.Released;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Releases the goods of an order that order-svc closes, because its payment was given up or because it was cancelled after it was
 * paid. They become available again, whether they were reserved or sold. As everywhere, reservations are changed first and the stock
 * last, in the order of the SKUs.
 */
@Component
class ReleaseOnMessage implements MessageHandler {

    private static final Logger log = LoggerFactory.getLogger(ReleaseOnMessage.class);

    private final Reservations reservations;
    private final StockLevels levels;
    private final JsonMapper json;
    private final Clock clock;

    ReleaseOnMessage(Reservations reservations, StockLevels levels, JsonMapper json, Clock clock) {
        this.reservations = reservations;
        this.levels = levels;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "release-stock";
    }

    @Override
    public String topic() {
        return "holdfast.stock.release";
    }

    @Override
    public String resultTopic() {
        return "holdfast.stock.release.results";
    }

    @Override
    public Set<String> senders() {
        return Set.of("order-svc");
    }

    @Override
    public String handle(IncomingMessage message) {
        Request request = json.readValue(message.payload(), Request.class);
        if (request.orderId() == null) {
            throw new IllegalArgumentException("Message " + message.id() + " names no order");
        }
        if (!request.orderId().equals(message.key())) {
            throw new IllegalArgumentException("Message " + message.id() + " bears the key of another order");
        }
        OrderId order = new OrderId(request.orderId());
        Released released = reservations.releaseOf(order);
        if (!released.reserved().isEmpty()) {
            levels.release(released.reserved());
        }
        if (!released.sold().isEmpty()) {
            levels.takeBack(released.sold());
        }
        if (released.known()) {
            log.info("Released for order {}: reserved {}, sold {}", order, released.reserved(), released.sold());
        } else {
            log.warn("Nothing was ever reserved for order {}, which is being closed", order);
        }
        return json.writeValueAsString(
                new Result(order.value(), released.known() ? "RELEASED" : "NOTHING_HELD", clock.instant()));
    }

    private record Request(@Nullable String orderId) {}

    private record Result(String orderId, String outcome, Instant at) {}
}
