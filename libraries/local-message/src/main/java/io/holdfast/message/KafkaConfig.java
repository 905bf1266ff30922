package io.holdfast.message;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of Kafka clients: what Spring Boot makes of {@code spring.kafka.*}, and over it what the guarantees of local messages
 * rest on.
 *
 * @param producer as Boot makes it, with all that is set for security
 * @param consumer likewise
 * @param properties how long Kafka is waited for
 */
record KafkaConfig(Map<String, Object> producer, Map<String, Object> consumer, MessageProperties.Kafka properties) {

    private static final Logger log = LoggerFactory.getLogger(KafkaConfig.class);

    /**
     * How long a send waits for a topic that the client does not know yet. Whoever sends does nothing else meanwhile; the client goes on
     * asking by itself.
     */
    private static final int MAX_BLOCK_MILLIS = 2_000;

    private static final int SESSION_MILLIS = 10_000;

    KafkaConfig {
        producer = Map.copyOf(producer);
        consumer = Map.copyOf(consumer);
        if (properties.hasUser()) {
            log.warn("holdfast.message.kafka.user and password are dropped in the next release:"
                    + " set spring.kafka.properties[sasl.jaas.config] or spring.kafka.jaas.*");
        } else {
            requireLogin(producer);
        }
    }

    /** A client without a name would ask a broker for ever that does not let it in. */
    private static void requireLogin(Map<String, Object> config) {
        String protocol = String.valueOf(config.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG));
        String login = String.valueOf(config.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
        if (protocol.startsWith("SASL") && (login.contains("username=\"\"") || login.contains("password=\"\""))) {
            throw new IllegalStateException("spring.kafka.security.protocol is " + protocol
                    + ", and spring.kafka.properties[sasl.jaas.config] has no user or no password");
        }
    }

    Duration sendTimeout() {
        return properties.sendTimeout();
    }

    Map<String, Object> ofProducer(String client) {
        Map<String, Object> config = common(producer, client);
        int timeout = Math.toIntExact(sendTimeout().toMillis());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L * 1024 * 1024);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.min(timeout, MAX_BLOCK_MILLIS));
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(timeout / 2, 250));
        return config;
    }

    Map<String, Object> ofConsumer(String group, String client) {
        Map<String, Object> config = common(consumer, client);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A message that came before the first consumer waits for it.
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
        // How long an instance that was killed keeps its share, which nobody else takes until then. Kafka's own 45 s
        // would hold up an
        // order that is being closed for as long.
        config.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        // A topic that is made later is found soon.
        config.putIfAbsent(
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                properties.maxReconnectInterval().toMillis());
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        return config;
    }

    private Map<String, Object> common(Map<String, Object> boots, String client) {
        Map<String, Object> config = new HashMap<>(boots);
        Object prefix = boots.get(CommonClientConfigs.CLIENT_ID_CONFIG);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, prefix == null ? client : prefix + "-" + client);
        config.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 200L);
        config.putIfAbsent(
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                properties.maxReconnectInterval().toMillis());
        config.putIfAbsent("enable.metrics.push", false);
        if (properties.hasUser()) {
            config.putIfAbsent(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SASL_PLAINTEXT");
            config.putIfAbsent(SaslConfigs.SASL_MECHANISM, "PLAIN");
            config.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    PlainLoginModule.class.getName() + " required username=\"" + quoted(properties.user())
                            + "\" password=\"" + quoted(properties.password()) + "\";");
        }
        return config;
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** Without the configuration of the clients, which has passwords. */
    @Override
    public String toString() {
        return "KafkaConfig[" + properties + "]";
    }
}
