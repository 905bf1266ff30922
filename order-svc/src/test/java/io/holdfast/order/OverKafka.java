package io.holdfast.order;

import io.holdfast.message.testbroker.KafkaProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Tests over a real Kafka, which share it and the service: that one is started while there is no broker. */
@OnRealDatabase
public abstract class OverKafka {

    protected static final KafkaProcess KAFKA = KafkaProcess.prepare();

    @DynamicPropertySource
    static void kafka(DynamicPropertyRegistry registry) {
        KAFKA.properties().forEach(property -> {
            String[] pair = property.split("=", 2);
            registry.add(pair[0], () -> pair[1]);
        });
        // What is lost, and a broker that is away, is found out sooner than in life.
        registry.add("holdfast.message.kafka.send-timeout", () -> "2s");
        registry.add("holdfast.message.kafka.max-reconnect-interval", () -> "500ms");
        registry.add("holdfast.message.grace", () -> "1s");
        registry.add("holdfast.message.recovery-interval", () -> "200ms");
        registry.add("holdfast.message.result-patience", () -> "1s");
    }

    @BeforeEach
    void theBrokerIsUp() {
        KAFKA.start();
    }

    @AfterAll
    static void stopKafka() {
        KAFKA.close();
    }
}
