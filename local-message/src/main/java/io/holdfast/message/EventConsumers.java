package io.holdfast.message;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final List<ConcurrentMessageListenerContainer<String, String>> containers = new ArrayList<>();
    private volatile boolean running;

    EventConsumers(Broker broker, String service, List<EventHandler> handlers) {
        String group = service + "-events-" + UUID.randomUUID();
        for (EventHandler handler : handlers) {
            Map<String, Object> config =
                    new HashMap<>(broker.consumerConfig(group, service + "-events-" + handler.topic()));
            config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
            ContainerProperties properties = new ContainerProperties(handler.topic());
            // Whoever never acknowledges never commits.
            properties.setAckMode(ContainerProperties.AckMode.MANUAL);
            properties.setMissingTopicsFatal(false);
            properties.setAuthExceptionRetryInterval(java.time.Duration.ofSeconds(10));
            properties.setMessageListener((MessageListener<String, String>) event -> hear(event, handler));
            ConcurrentMessageListenerContainer<String, String> container =
                    new ConcurrentMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(config), properties);
            container.setBeanName(handler.topic());
            containers.add(container);
        }
    }

    private static void hear(ConsumerRecord<String, String> event, EventHandler handler) {
        String id = Broker.idIn(event.headers());
        if (id == null || event.value() == null || event.key() == null) {
            log.warn(
                    "An event of {} at {}-{} has no id, key or payload: passed over",
                    event.topic(),
                    event.partition(),
                    event.offset());
            return;
        }
        try {
            handler.handle(new IncomingMessage(id, event.topic(), event.key(), event.value()));
        } catch (RuntimeException | Error e) {
            // Also an Error: it would end the listener, silently and for good.
            log.error("Event {} of {} is passed over", id, event.topic(), e);
        }
    }

    @Override
    public void start() {
        containers.forEach(ConcurrentMessageListenerContainer::start);
        running = true;
    }

    @Override
    public void stop() {
        containers.forEach(ConcurrentMessageListenerContainer::stop);
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** As the other consumers. */
    @Override
    public int getPhase() {
        return 0;
    }
}
