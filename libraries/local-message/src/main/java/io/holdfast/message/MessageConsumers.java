package io.holdfast.message;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.message.Provenance.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListener;

/**
 * Listens on the topics of all handlers, with one thread each. It starts without a broker and waits for it.
 *
 * <p>A message that its handler fails to process is tried twice more and then skipped, so that it blocks no other one: the sender keeps it,
 * sends it again later, and in the end shows it to a person. While the infrastructure is down (see {@link InfrastructureFailure}) no
 * message is skipped: the others would fail as well.
 */
final class MessageConsumers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MessageConsumers.class);
    private static final String TASK = "message-consumer";

    private final Listeners listeners = new Listeners(TASK);
    private final Broker broker;
    private final Inbox inbox;
    private final String service;
    private final RetryPolicy retries;

    MessageConsumers(
            Broker broker,
            Inbox inbox,
            String service,
            List<MessageHandler> handlers,
            List<ResultHandler> results,
            long answerTimeoutMillis) {
        this(broker, inbox, service, handlers, results, answerTimeoutMillis, RetryPolicy.STANDARD, false);
    }

    /** @param senderRequired whether messages that do not say where they come from are refused */
    MessageConsumers(
            Broker broker,
            Inbox inbox,
            String service,
            List<MessageHandler> handlers,
            List<ResultHandler> results,
            long answerTimeoutMillis,
            RetryPolicy retries,
            boolean senderRequired) {
        this.broker = broker;
        this.inbox = inbox;
        this.service = service;
        this.retries = retries;
        for (MessageHandler handler : handlers) {
            listen(
                    handler.topic(),
                    new Provenance.Expected(Set.of(Type.COMMAND, Type.EVENT), handler.senders(), senderRequired),
                    message -> inbox.takeAndAnswer(handler, message, broker, answerTimeoutMillis));
        }
        for (ResultHandler handler : results) {
            listen(
                    handler.resultTopic(),
                    new Provenance.Expected(Set.of(Type.RESULT), handler.senders(), senderRequired),
                    result -> inbox.takeResult(handler, result));
        }
    }

    private void listen(String topic, Provenance.Expected expected, Taker taker) {
        ContainerProperties properties = new ContainerProperties(topic);
        properties.setAckMode(ContainerProperties.AckMode.RECORD);
        properties.setMissingTopicsFatal(false);
        // A password that is changed on the broker first must not silence the service for good.
        properties.setAuthExceptionRetryInterval(Duration.ofSeconds(10));
        properties.setMessageListener((MessageListener<String, String>) message -> take(message, expected, taker));
        ConcurrentMessageListenerContainer<String, String> container = new ConcurrentMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(broker.consumerConfig(service, service + "-" + topic)), properties);
        container.setCommonErrorHandler(errorHandler());
        container.setBeanName(topic);
        listeners.add(container);
    }

    private DefaultErrorHandler errorHandler() {
        DefaultErrorHandler handler = new DefaultErrorHandler(
                (message, failure) -> inbox.dropped(
                        message.topic(), idOf(message), failure.getCause() == null ? failure : failure.getCause()),
                RetryPolicy.ofHandler());
        // What a message is passed over for is for the back-off to say, and not for a list of classes among the causes.
        handler.setClassifications(Map.of(), true);
        // A failure of the other kind begins anew: there are these two, and neither is the other.
        handler.setResetStateOnExceptionChange(true);
        handler.setBackOffFunction((message, failure) ->
                isOfInfrastructure(failure) ? retries.ofInfrastructure() : RetryPolicy.ofHandler());
        handler.setRetryListeners((message, failure, attempt) -> {
            if (isOfInfrastructure(failure)) {
                inbox.delayed(message.topic(), idOf(message), failure, attempt);
            }
        });
        handler.setLogLevel(org.springframework.kafka.KafkaException.Level.DEBUG);
        return handler;
    }

    private static boolean isOfInfrastructure(@Nullable Exception failure) {
        return InfrastructureFailure.isOne(failure);
    }

    private void take(ConsumerRecord<String, String> message, Provenance.Expected expected, Taker taker) {
        String id = Broker.idIn(message.headers());
        if (id == null || message.value() == null || message.key() == null) {
            log.error(
                    "A message of {} at {}-{} has no id, key or payload, and nobody can answer it: passed over",
                    message.topic(),
                    message.partition(),
                    message.offset());
            return;
        }
        String refusal = expected.refusal(message.topic(), message.headers()).orElse(null);
        if (refusal != null) {
            inbox.refused(message.topic(), id, refusal);
            return;
        }
        try {
            taker.take(new IncomingMessage(id, message.topic(), message.key(), message.value()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureFailure("Interrupted while message " + id + " was taken", e);
        } catch (RuntimeException | Error e) {
            // An error that reached the container would end it, and nothing would be taken any more.
            if (e instanceof Error) {
                BackgroundFailure.alarm(TASK, e);
            }
            throw InfrastructureFailure.isOne(e)
                    ? new InfrastructureFailure("Message " + id + " cannot be taken now", e)
                    : new HandlerFailure(id, e);
        }
    }

    private static String idOf(ConsumerRecord<?, ?> message) {
        return String.valueOf(Broker.idIn(message.headers()));
    }

    void startThoseThatEnded() {
        listeners.startThoseThatEnded();
    }

    List<ConcurrentMessageListenerContainer<String, String>> containers() {
        return listeners.containers();
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
