package io.holdfast.message;

import io.holdfast.background.BackgroundFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

/**
 * Listens on the topics of all {@link EventHandler}s, one thread each, in a consumer group of this instance alone. The group commits
 * nothing, so that the broker forgets it with the instance.
 */
final class EventConsumers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(EventConsumers.class);
    private static final String TASK = "event-consumer";

    private final Listeners listeners = new Listeners(TASK);

    /** @param senderRequired whether events that do not say where they come from are refused */
    EventConsumers(Broker broker, String service, List<EventHandler> handlers, boolean senderRequired) {
        String group = service + "-events-" + UUID.randomUUID();
        for (EventHandler handler : handlers) {
            Provenance.Expected expected =
                    new Provenance.Expected(Set.of(Provenance.Type.EVENT), handler.senders(), senderRequired);
            Map<String, Object> config =
                    new HashMap<>(broker.consumerConfig(group, service + "-events-" + handler.topic()));
            config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
            ContainerProperties properties = new ContainerProperties(handler.topic());
            // Whoever never acknowledges never commits.
            properties.setAckMode(ContainerProperties.AckMode.MANUAL);
            properties.setMissingTopicsFatal(false);
            properties.setAuthExceptionRetryInterval(Duration.ofSeconds(10));
            properties.setMessageListener((MessageListener<String, String>) event -> hear(event, expected, handler));
            ConcurrentMessageListenerContainer<String, String> container =
                    new ConcurrentMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(config), properties);
            container.setBeanName(handler.topic());
            listeners.add(container);
        }
    }

    private static void hear(ConsumerRecord<String, String> event, Provenance.Expected expected, EventHandler handler) {
        String id = Broker.idIn(event.headers());
        if (id == null || event.value() == null || event.key() == null) {
            log.warn(
                    "An event of {} at {}-{} has no id, key or payload: passed over",
                    event.topic(),
                    event.partition(),
                    event.offset());
            return;
        }
        String refusal = expected.refusal(event.topic(), event.headers()).orElse(null);
        if (refusal != null) {
            log.warn("Event {} of {} is refused: {}", id, event.topic(), refusal);
            return;
        }
        try {
            handler.handle(new IncomingMessage(id, event.topic(), event.key(), event.value()));
        } catch (RuntimeException | Error e) {
            // Also an Error: it would end the listener for good.
            if (e instanceof Error) {
                BackgroundFailure.alarm(TASK, e);
            }
            log.error("Event {} of {} is passed over", id, event.topic(), e);
        }
    }

    @Override
    public void start() {
        listeners.start();
    }

    @Override
    public void stop() {
        listeners.stop();
    }

    @Override
    public boolean isRunning() {
        return listeners.isRunning();
    }

    /** As the other consumers. */
    @Override
    public int getPhase() {
        return 0;
    }
}
