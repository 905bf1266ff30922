package io.holdfast.message;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be measured of local messages. */
public final class MessageMetrics {

    /** Gauge {@code holdfast.messages}, tag {@code status}: new, sent, failed. Read from the table, so every instance reports the same. */
    public static final String BACKLOG = "holdfast.messages";

    /** Gauge with the same tag, in seconds: the age of the oldest of them; 0 if there is none. */
    public static final String OLDEST = "holdfast.messages.oldest";

    /** Counter, tags {@code topic} and {@code result}: taken, refused, away. */
    public static final String SENT = "holdfast.messages.sent";

    /** Counter, tags {@code topic} and {@code result}: done, repeated, delayed, dropped, refused. */
    public static final String CONSUMED = "holdfast.messages.consumed";

    private static final List<MessageStatus> SHOWN =
            List.of(MessageStatus.NEW, MessageStatus.SENT, MessageStatus.FAILED);

    private final MeterRegistry registry;
    private final MultiGauge backlog;
    private final MultiGauge oldest;

    MessageMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.backlog = MultiGauge.builder(BACKLOG).register(registry);
        this.oldest = MultiGauge.builder(OLDEST).baseUnit("seconds").register(registry);
    }

    void backlog(List<Backlog> found, Instant now) {
        Map<MessageStatus, Backlog> byStatus =
                found.stream().collect(Collectors.toMap(Backlog::status, Function.identity()));
        List<MultiGauge.Row<?>> counts = new ArrayList<>();
        List<MultiGauge.Row<?>> ages = new ArrayList<>();
        for (MessageStatus status : SHOWN) {
            // An alert needs a zero.
            Backlog entry = byStatus.get(status);
            Tags tags = Tags.of("status", lower(status));
            counts.add(MultiGauge.Row.of(tags, entry == null ? 0 : entry.messages()));
            ages.add(MultiGauge.Row.of(
                    tags,
                    entry == null ? 0 : Duration.between(entry.oldest(), now).toMillis() / 1000.0));
        }
        backlog.register(counts, true);
        oldest.register(ages, true);
    }

    void sent(String topic, Broker.Kind result) {
        registry.counter(SENT, "topic", topic, "result", lower(result)).increment();
    }

    void consumed(String topic, Consumption result) {
        registry.counter(CONSUMED, "topic", topic, "result", lower(result)).increment();
    }

    private static String lower(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    /** What became of a message that came. */
    enum Consumption {
        DONE,
        /** It had been taken before. */
        REPEATED,
        /** It could not be taken because something that it needs is away, and is tried again here. */
        DELAYED,
        /** It could not be taken, and whoever sent it will send it again. */
        DROPPED,
        /** It came from somebody, or by a way, that it must not come from. */
        REFUSED
    }
}
