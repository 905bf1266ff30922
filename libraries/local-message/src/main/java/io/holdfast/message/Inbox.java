package io.holdfast.message;

import io.holdfast.message.MessageMetrics.Consumption;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes messages and results, each once. */
final class Inbox {

    private static final Logger log = LoggerFactory.getLogger(Inbox.class);

    private static final int LOGGED_EVERY = 60;

    private final MessageTable table;
    private final TransactionTemplate transaction;
    private final MessageMetrics metrics;
    private final Clock clock;

    Inbox(MessageTable table, TransactionTemplate transaction, MessageMetrics metrics, Clock clock) {
        this.table = table;
        this.transaction = transaction;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Lets the handler take effect if it has not yet.
     *
     * @return the result, the same each time
     */
    String take(MessageHandler handler, IncomingMessage message) {
        try {
            String result = transaction.execute(inTransaction -> {
                // First, so that of two who have the message at once the other waits here.
                table.insertProcessed(message.id(), handler.name(), clock.instant());
                String made = handler.handle(message);
                table.keepResult(message.id(), handler.name(), made);
                return made;
            });
            metrics.consumed(message.topic(), Consumption.DONE);
            return java.util.Objects.requireNonNull(result, "result");
        } catch (DuplicateKeyException e) {
            // If it is not there, the duplicate key was one of the handler's own.
            String kept = table.resultOf(message.id(), handler.name()).orElseThrow(() -> e);
            metrics.consumed(message.topic(), Consumption.REPEATED);
            return kept;
        }
    }

    /** Takes a message and answers it. Only after the broker has the answer may the message count as read. */
    void takeAndAnswer(MessageHandler handler, IncomingMessage message, Broker broker, long timeoutMillis)
            throws InterruptedException {
        String result = take(handler, message);
        try {
            broker.send(Provenance.Type.RESULT, message.id(), handler.resultTopic(), message.key(), result)
                    .get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new InfrastructureFailure(notTaken(message), e);
        } catch (ExecutionException e) {
            throw Broker.isTheMessagesFault(e.getCause())
                    ? new IllegalStateException(notTaken(message), e)
                    : new InfrastructureFailure(notTaken(message), e);
        }
    }

    private static String notTaken(IncomingMessage message) {
        return "The result of message " + message.id() + " was not taken by the broker";
    }

    /** Confirms the message that this is the result of, and lets the handler take effect with it. */
    void takeResult(ResultHandler handler, IncomingMessage result) {
        boolean confirmed = Boolean.TRUE.equals(transaction.execute(inTransaction -> {
            if (table.confirm(result.id(), clock.instant()) == 0) {
                return false;
            }
            handler.handle(result);
            return true;
        }));
        metrics.consumed(result.topic(), confirmed ? Consumption.DONE : Consumption.REPEATED);
        if (!confirmed) {
            log.debug("The result of message {} had come before, or the message is none of ours", result.id());
        }
    }

    /** Something is away that the message needs. It is logged at first, and then every few minutes. */
    void delayed(String topic, String id, Throwable why, int attempt) {
        metrics.consumed(topic, Consumption.DELAYED);
        if (attempt == 1 || attempt % LOGGED_EVERY == 0) {
            log.warn(
                    "Message {} of {} waits, and all behind it, for something that is away; attempt {}",
                    id,
                    topic,
                    attempt,
                    why);
        }
    }

    void refused(String topic, String id, String why) {
        metrics.consumed(topic, Consumption.REFUSED);
        log.error("ALARM message {} of {} is refused and changes nothing: {}", id, topic, why);
    }

    void dropped(String topic, String id, Throwable why) {
        metrics.consumed(topic, Consumption.DROPPED);
        log.error(
                "Message {} of {} could not be taken; its sender will send it again: {}",
                id,
                topic,
                why.toString(),
                why);
    }
}
