package io.holdfast.order.soldout;

import io.holdfast.message.EventHandler;
import io.holdfast.message.IncomingMessage;
import io.holdfast.order.model.Sku;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** stock-svc tells each instance that there are goods again, so that nobody is refused from the memory of before. */
@Component
class GoodsCameIn implements EventHandler {

    private static final String TOPIC = "holdfast.stock.events";
    private static final String AVAILABLE = "available";

    private final SoldOut soldOut;
    private final JsonMapper json;

    GoodsCameIn(SoldOut soldOut, JsonMapper json) {
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
