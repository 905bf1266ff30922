package io.holdfast.stock.level;

import io.holdfast.message.LocalMessages;
import io.holdfast.message.OutgoingMessage;
import io.holdfast.stock.model.Sku;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Publishes that a SKU, which may have been sold out, has goods again. The event is written in the transaction that makes them
 * available.
 */
@Component
public class StockEvents {

    static final String TOPIC = "holdfast.stock.events";

    private final LocalMessages messages;
    private final JsonMapper json;
    private final Clock clock;

    StockEvents(LocalMessages messages, JsonMapper json, Clock clock) {
        this.messages = messages;
        this.json = json;
        this.clock = clock;
    }

    /** @param id of what made them available, never used before */
    public void available(String id, Sku sku, long quantity) {
        Instant now = clock.instant();
        messages.write(List.of(OutgoingMessage.event(
                id,
                TOPIC,
                sku.value(),
                json.writeValueAsString(new Available("available", sku.value(), quantity, now)))));
    }

    /** @param quantity that was added, not the total */
    private record Available(String event, String sku, long quantity, Instant at) {}
}
