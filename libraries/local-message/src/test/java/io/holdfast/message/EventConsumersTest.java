package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.message.testbroker.KafkaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What every instance of a service hears, over a real Kafka. */
class EventConsumersTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TOPIC = "test.heard-by-all";
    private static final KafkaProcess KAFKA = KafkaProcess.prepare();

    private final List<EventConsumers> instances = new ArrayList<>();
    private final List<Broker> brokers = new ArrayList<>();

    @BeforeAll
    static void startKafka() {
        KAFKA.start();
    }

    @AfterAll
    static void stopKafka() {
        KAFKA.close();
    }

    @AfterEach
    void closeAll() {
        instances.forEach(EventConsumers::stop);
        brokers.forEach(Broker::close);
    }

    @Test
    void everyInstanceHearsEveryEventAndNothingElseAlsoAfterOneThatItCouldNotBear() {
        Set<String> first = instance();
        Set<String> second = instance();
        Broker broker = broker("sender");

        await().atMost(LIMIT).until(() -> {
            // Whoever listens by now hears it: nothing of before is heard.
            broker.send(Provenance.Type.EVENT, "unbearable", TOPIC, "key", "throw");
            broker.send(Provenance.Type.EVENT, "1", TOPIC, "key", "one");
            return first.contains("1 one") && second.contains("1 one");
        });

        broker.send(Provenance.Type.EVENT, "2", TOPIC, "key", "throw");
        broker.send(Provenance.Type.COMMAND, "command", TOPIC, "key", "is no event");
        broker.send(Provenance.Type.EVENT, "3", TOPIC, "key", "three");

        await().atMost(LIMIT).until(() -> first.contains("3 three") && second.contains("3 three"));
        assertThat(first).containsExactlyInAnyOrder("1 one", "3 three");
    }

    private Set<String> instance() {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        EventConsumers consumers = new EventConsumers(
                broker("listener-" + brokers.size()),
                "service",
                List.of(new EventHandler() {
                    @Override
                    public String topic() {
                        return TOPIC;
                    }

                    @Override
                    public void handle(IncomingMessage event) {
                        if (event.payload().equals("throw")) {
                            throw new AssertionError("as the test wants it");
                        }
                        heard.add(event.id() + " " + event.payload());
                    }
                }),
                false);
        consumers.start();
        instances.add(consumers);
        return heard;
    }

    private Broker broker(String client) {
        Broker broker = new Broker(
                new KafkaConfig(
                        KAFKA.clientConfig(),
                        KAFKA.clientConfig(),
                        new MessageProperties.Kafka(Duration.ofSeconds(2), Duration.ofMillis(500), "", "")),
                client);
        brokers.add(broker);
        return broker;
    }
}
