package io.holdfast.order.soldout;

import io.holdfast.message.EventHandler;
import io.holdfast.message.IncomingMessage;
import io.holdfast.order.model.Sku;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Each instance receives stock-svc's events of goods that are available again, and refuses no order for them from memory any more. */
@Component
class AvailableGoodsHandler implements EventHandler {

    private static final String TOPIC = "holdfast.stock.events";
    private static final String AVAILABLE = "available";

    private final SoldOut soldOut;
    private final JsonMapper json;

    AvailableGoodsHandler(SoldOut soldOut, JsonMapper json) {
        this.soldOut = soldOut;
        this.json = json;
    }

    @Override
    public String topic() {
        return TOPIC;
    }

    @Override
    public Set<String> senders() {
        return Set.of("stock-svc");
    }

    @Override
    public void handle(IncomingMessage event) {
        Body body = json.readValue(event.payload(), Body.class);
        if (AVAILABLE.equals(body.event()) && body.sku() != null) {
            soldOut.goodsCameIn(new Sku(body.sku()));
        }
    }

    private record Body(@Nullable String event, @Nullable String sku) {}
}
