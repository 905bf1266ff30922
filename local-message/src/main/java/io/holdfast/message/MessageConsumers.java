package io.holdfast.message;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Listens on the topics of all handlers, one thread each. It starts without a broker and waits for it.
 *
 * <p>A message that cannot be taken is tried twice more and then passed over, so that it stops no other one: it is the sender that
 * keeps it, sends it again later, and in the end shows it to a person.
 */
final class MessageConsumers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MessageConsumers.class);
    private static final long RETRY_MILLIS = 500;
    private static final long RETRIES = 2;

    private final List<ConcurrentMessageListenerContainer<String, String>> containers = new ArrayList<>();
    private final Broker broker;
    private final Inbox inbox;
    private final String service;
    private volatile boolean running;

    MessageConsumers(
            Broker broker,
            Inbox inbox,
            String service,
            List<MessageHandler> handlers,
            List<ResultHandler> results,
            long answerTimeoutMillis) {
        this.broker = broker;
        this.inbox = inbox;
        this.service = service;
        for (MessageHandler handler : handlers) {
            listen(handler.topic(), message -> inbox.takeAndAnswer(handler, message, broker, answerTimeoutMillis));
        }
        for (ResultHandler handler : results) {
            listen(handler.resultTopic(), result -> inbox.takeResult(handler, result));
        }
    }

    private void listen(String topic, Taker taker) {
        ContainerProperties properties = new ContainerProperties(topic);
        properties.setAckMode(ContainerProperties.AckMode.RECORD);
        properties.setMissingTopicsFatal(false);
        // A password that is changed on the broker first must not silence the service for good.
        properties.setAuthExceptionRetryInterval(java.time.Duration.ofSeconds(10));
        properties.setMessageListener((MessageListener<String, String>) message -> take(message, taker));
        ConcurrentMessageListenerContainer<String, String> container = new ConcurrentMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(broker.consumerConfig(service, service + "-" + topic)), properties);
        DefaultErrorHandler passOver = new DefaultErrorHandler(
                (message, failure) -> inbox.dropped(message.topic(), idOf(message), failure),
                new FixedBackOff(RETRY_MILLIS, RETRIES));
        passOver.setLogLevel(org.springframework.kafka.KafkaException.Level.DEBUG);
        container.setCommonErrorHandler(passOver);
        container.setBeanName(topic);
        containers.add(container);
    }

    private static void take(ConsumerRecord<String, String> message, Taker taker) {
        String id = Broker.idIn(message.headers());
        if (id == null || message.value() == null || message.key() == null) {
            log.error(
                    "A message of {} at {}-{} has no id, key or payload, and nobody can answer it: passed over",
                    message.topic(),
                    message.partition(),
                    message.offset());
            return;
        }
        try {
            taker.take(new IncomingMessage(id, message.topic(), message.key(), message.value()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while message " + id + " was taken", e);
        }
    }

    private static String idOf(ConsumerRecord<?, ?> message) {
        return String.valueOf(Broker.idIn(message.headers()));
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

    /** Before the web server; what was taken is finished before the database connections are closed. */
    @Override
    public int getPhase() {
        return 0;
    }

    @FunctionalInterface
    private interface Taker {
        void take(IncomingMessage message) throws InterruptedException;
    }
}
