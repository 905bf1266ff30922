package io.holdfast.message;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The way to Kafka. Neither making nor starting it needs a broker: one that is away is waited for, with bounds. */
final class Broker implements AutoCloseable {

    /** The header that bears the message id, on messages and on results. */
    static final String ID_HEADER = "holdfast-message-id";

    /**
     * How long a send waits for a topic that the client does not know yet. Whoever sends does nothing else meanwhile; the client goes on
     * asking by itself.
     */
    private static final int MAX_BLOCK_MILLIS = 2_000;

    private static final int SESSION_MILLIS = 10_000;

    private final MessageProperties.Kafka properties;
    private final Producer<String, String> producer;
    private final String service;

    Broker(MessageProperties.Kafka properties, String client) {
        this(properties, client, client);
    }

    /** @param service by which name its messages say who sends them */
    Broker(MessageProperties.Kafka properties, String client, String service) {
        this.properties = properties;
        this.service = service;
        Map<String, Object> config = common(client);
        int timeout = Math.toIntExact(properties.sendTimeout().toMillis());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L * 1024 * 1024);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.min(timeout, MAX_BLOCK_MILLIS));
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(timeout / 2, 250));
        this.producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    private Map<String, Object> common(String client) {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, properties.servers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, client);
        config.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                properties.security().name());
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 200L);
        config.put(
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                properties.maxReconnectInterval().toMillis());
        config.put("enable.metrics.push", false);
        if (properties.security() != MessageProperties.Security.PLAINTEXT) {
            config.put(SaslConfigs.SASL_MECHANISM, "PLAIN");
            config.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    PlainLoginModule.class.getName() + " required username=\"" + quoted(properties.user())
                            + "\" password=\"" + quoted(properties.password()) + "\";");
        }
        return config;
    }

    /** What consumers of a service need; all its instances share the work. */
    Map<String, Object> consumerConfig(String service, String client) {
        Map<String, Object> config = common(client);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, service);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A message that came before the first consumer waits for it.
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
        // How long an instance that was killed keeps its share, which nobody else takes until then. Kafka's own 45 s
        // would hold
        // up an order that is being closed for as long.
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        // A topic that is made later is found soon.
        config.put(
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                properties.maxReconnectInterval().toMillis());
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        return config;
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
            sent.get(2 * properties.sendTimeout().toMillis(), TimeUnit.MILLISECONDS);
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

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public void close() {
        producer.close(java.time.Duration.ofSeconds(2));
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
