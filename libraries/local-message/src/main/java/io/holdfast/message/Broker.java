package io.holdfast.message;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The way to Kafka. Neither making nor starting it needs a broker: one that is away is waited for, with bounds. */
final class Broker implements AutoCloseable {

    /** The header that bears the message id, on messages and on results. */
    static final String ID_HEADER = "holdfast-message-id";

    private final KafkaConfig config;
    private final Duration sendTimeout;
    private final Producer<String, String> producer;
    private final String service;

    Broker(KafkaConfig config, String client) {
        this(config, client, client);
    }

    /** @param service by which name its messages say who sends them */
    Broker(KafkaConfig config, String client, String service) {
        this.config = config;
        this.sendTimeout = config.sendTimeout();
        this.service = service;
        this.producer = new KafkaProducer<>(config.ofProducer(client), new StringSerializer(), new StringSerializer());
    }

    /** What consumers of a service need; all its instances share the work. */
    Map<String, Object> consumerConfig(String group, String client) {
        return config.ofConsumer(group, client);
    }

    /** Hands a command to the client; see the other one. */
    Future<RecordMetadata> send(String id, String topic, String key, String payload) {
        return send(Provenance.Type.COMMAND, id, topic, key, payload);
    }

    /** Hands a message to the client; the broker's answer is in the future. Blocks for 2 s at most. */
    Future<RecordMetadata> send(Provenance.Type type, String id, String topic, String key, String payload) {
        ProducerRecord<String, String> message = new ProducerRecord<>(topic, key, payload);
        message.headers().add(ID_HEADER, id.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        new Provenance(type, topic, service).writeTo(message.headers());
        return producer.send(message);
    }

    /** Whether a topic is there, and led. Blocks for 2 s at most. */
    boolean reaches(String topic) {
        return producer.partitionsFor(topic).stream()
                .noneMatch(partition ->
                        partition.leader() == null || partition.leader().isEmpty());
    }

    /** @return how sending ended, waiting for it no longer than the client itself does */
    Answer answerOf(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            // The client ends every future by itself, within the send timeout; the rest is for a busy machine.
            sent.get(2 * sendTimeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(Kind.TAKEN, "");
        } catch (ExecutionException e) {
            return new Answer(
                    isTheMessagesFault(e.getCause()) ? Kind.REFUSED : Kind.AWAY, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            return new Answer(Kind.AWAY, "no answer from the broker");
        }
    }

    static boolean isTheMessagesFault(@Nullable Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof SerializationException
                || failure instanceof InvalidTopicException;
    }

    /** @return the message id of a record, null if it has none */
    static @Nullable String idIn(Iterable<Header> headers) {
        for (Header header : headers) {
            if (header.key().equals(ID_HEADER) && header.value() != null) {
                return new String(header.value(), java.nio.charset.StandardCharsets.US_ASCII);
            }
        }
        return null;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }

    enum Kind {
        TAKEN,
        /** It would be refused again. */
        REFUSED,
        /** The broker could not be reached, or takes nothing of this topic: not this message's fault. */
        AWAY
    }

    record Answer(Kind kind, String why) {}
}
