package io.holdfast.message;

import io.holdfast.background.BackgroundThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics that accept no messages, each on its own: that one is missing, that this service may not write to it, or that it has no leader
 * says nothing about the others. If the broker is down, that is all of them.
 *
 * <p>Each topic is left alone for a while, longer each time. Then it is probed on a thread of its own, because that may block, and only
 * when it is there is a message sent to it, one at first.
 */
final class TopicOutages {

    private static final Logger log = LoggerFactory.getLogger(TopicOutages.class);
    private static final int LOGGED_EVERY = 20;

    private final Map<String, Outage> outages = new ConcurrentHashMap<>();
    private final Predicate<String> reaches;
    private final Backoff pauses;
    private final Clock clock;
    private @Nullable ScheduledExecutorService prober;

    /** @param reaches whether a topic is there; may block, and may throw */
    TopicOutages(Predicate<String> reaches, Backoff pauses, Clock clock) {
        this.reaches = reaches;
        this.pauses = pauses;
        this.clock = clock;
    }

    void start() {
        prober = BackgroundThreads.daemonScheduler("local-message-prober", 1);
    }

    void stop() {
        if (prober != null) {
            prober.shutdownNow();
            prober = null;
        }
    }

    /** Whether no message got through to the topic last time. */
    boolean concerns(String topic) {
        return outages.containsKey(topic);
    }

    /** Whether nothing is to be sent to the topic now. */
    boolean holds(String topic) {
        Outage outage = outages.get(topic);
        return outage != null && !outage.found;
    }

    /** All topics that nothing is to be sent to now. */
    List<String> held() {
        return outages.entrySet().stream()
                .filter(outage -> !outage.getValue().found)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** When the next message may be sent to the topic, at the earliest. */
    Instant next(String topic) {
        Outage outage = outages.get(topic);
        return outage == null || outage.found ? clock.instant() : outage.until;
    }

    void failed(String topic, String why) {
        Outage outage = outages.computeIfAbsent(topic, first -> new Outage());
        int failures = outage.failures.incrementAndGet();
        Duration pause = pauses.after(failures);
        outage.until = clock.instant().plus(pause);
        outage.found = false;
        // Logged once, and then now and then: this may last for hours.
        if (failures == 1 || failures % LOGGED_EVERY == 0) {
            log.warn(
                    "Kafka takes no messages of topic {}, they wait in local_message; next attempt in {}: {}",
                    topic,
                    pause,
                    why);
        }
    }

    void taken(String topic) {
        if (outages.remove(topic) != null) {
            log.info("Kafka takes messages of topic {} again", topic);
        }
    }

    /** Looks, elsewhere, for those whose pause is over. */
    void probeThoseThatAreDue() {
        Instant now = clock.instant();
        outages.forEach((topic, outage) -> {
            if (!outage.found && !outage.probed && !now.isBefore(outage.until)) {
                probe(topic, outage);
            }
        });
    }

    private void probe(String topic, Outage outage) {
        ScheduledExecutorService executor = prober;
        if (executor == null) {
            return;
        }
        outage.probed = true;
        try {
            executor.execute(() -> {
                try {
                    outage.found = isThere(topic);
                    if (!outage.found) {
                        failed(topic, "it is not there, or has no leader");
                    }
                } finally {
                    outage.probed = false;
                }
            });
        } catch (RejectedExecutionException stopping) {
            outage.probed = false;
        }
    }

    private boolean isThere(String topic) {
        try {
            return reaches.test(topic);
        } catch (RuntimeException e) {
            log.debug("Topic {} is not reached", topic, e);
            return false;
        }
    }

    /** Of one topic. Its fields are written by the sender's thread, and by the prober's only between the two changes of {@code probed}. */
    private static final class Outage {
        final AtomicInteger failures = new AtomicInteger();
        volatile Instant until = Instant.MIN;
        /** Whether the topic is there again, as far as that can be seen without a message. */
        volatile boolean found;
        /** Whether somebody looks for it at this moment. */
        volatile boolean probed;
    }
}
