package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic that takes nothing, beside others that do, on a broker that makes none by itself. */
class TopicOutageTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static KafkaProcess kafka;

    private final List<String> results = new CopyOnWriteArrayList<>();
    private TestSchema senders;
    private TestSchema takers;
    private Instance sender;
    private Instance taker;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = KafkaProcess.prepare(List.of("auto.create.topics.enable=false")).start();
        make("work", "work.results", "events", "unheard");
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() throws SQLException {
        senders = newSchema();
        takers = newSchema();
        taker = new Instance(takers, kafka, "taker", List.of(new Taker()), List.of()).start();
        sender = new Instance(senders, kafka, "sender", List.of(), List.of(new Results())).start();
    }

    @AfterEach
    void stop() {
        sender.close();
        taker.close();
    }

    @Test
    void aTopicThatIsMissingHoldsUpNoOtherAndGetsItsMessagesWhenItIsThere() throws Exception {
        sender.write(
                OutgoingMessage.event("lost-event", "missing", "key", "{}"),
                OutgoingMessage.command("lost-command", "missing", "key", "{}"),
                OutgoingMessage.command("unanswered", "unheard", "key", "{}"));
        await("the outage is found out")
                .atMost(LIMIT)
                .until(() -> sender.registry
                                .find(MessageMetrics.SENT)
                                .tags("topic", "missing", "result", "away")
                                .counter()
                        != null);

        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String id = "work-" + i;
            long from = System.nanoTime();
            sender.write(
                    OutgoingMessage.event("event-" + i, "events", "key", "{}"),
                    OutgoingMessage.command(id, "work", "key", "{}"));
            await(id).atMost(LIMIT).until(() -> sender.statusOf(id) == MessageStatus.CONFIRMED);
            waits.add(Duration.ofNanos(System.nanoTime() - from));
        }
        // A wait for the missing topic would be longer, as would be one for the recovery. A busy machine may hold up
        // one or two.
        Collections.sort(waits);
        assertThat(waits.get(waits.size() / 2)).isLessThan(Duration.ofMillis(1_500));
        // What was sent is looked at all the time: sent again, and in the end given up.
        await().atMost(LIMIT).until(() -> sender.statusOf("unanswered") == MessageStatus.FAILED);
        assertThat(sender.statusOf("lost-event")).isEqualTo(MessageStatus.NEW);
        assertThat(sender.statusOf("lost-command")).isEqualTo(MessageStatus.NEW);
        assertThat(sender.count("select sum(attempts) from local_message where topic = 'missing'"))
                .as("it is not their fault")
                .isZero();

        make("missing");

        await().atMost(LIMIT)
                .until(() -> sender.statusOf("lost-event") == MessageStatus.CONFIRMED
                        && sender.statusOf("lost-command") != MessageStatus.NEW);
    }

    @Test
    void aResultTopicThatIsMissingKeepsTheMessageUntilItIsThere() throws Exception {
        Taker unanswerable = new Taker("asked", "asked.results");
        make("asked");
        try (Instance other = new Instance(takers, kafka, "other-taker", List.of(unanswerable), List.of()).start()) {
            sender.write(OutgoingMessage.command("asking", "asked", "key", "{}"));
            await().atMost(LIMIT)
                    .until(() -> other.registry
                                    .find(MessageMetrics.CONSUMED)
                                    .tag("result", "delayed")
                                    .counter()
                            != null);

            make("asked.results");

            assertThat(kafka.first("asked.results", any -> true, 1)).hasSize(1);
            assertThat(other.count("select count(*) from processed_message")).isEqualTo(1);
        }
    }

    @Test
    void commandsGoBeforeEventsThatWereThereFirst() {
        Instance dead = new Instance(senders, kafka, "dead", List.of(), List.of());
        List<OutgoingMessage> events = IntStream.range(0, 300)
                .mapToObj(i -> OutgoingMessage.event("e-" + i, "events", "key", "{}"))
                .toList();
        sender.close();
        dead.transaction.executeWithoutResult(status -> dead.messages.write(events));
        dead.write(OutgoingMessage.command("urgent", "work", "key", "{}"));
        await().atMost(LIMIT)
                .until(() -> dead.count("select count(*) from local_message where due_at <= utc_timestamp(3)") == 301);

        try {
            dead.sender.recover();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }

        assertThat(dead.statusOf("urgent")).isEqualTo(MessageStatus.SENT);
        assertThat(dead.count("select count(*) from local_message where status = 'CONFIRMED'"))
                .as("one page of events, after it")
                .isEqualTo(20);
        dead.close();
    }

    private static TestSchema newSchema() throws SQLException {
        TestSchema schema = TestDatabase.mariaDb().newSchema("outage");
        schema.runResource(LocalMessageSchemaAcceptance.SCRIPT);
        return schema;
    }

    private static void make(String... topics) throws Exception {
        try (Admin admin = Admin.create(kafka.clientConfig())) {
            admin.createTopics(java.util.Arrays.stream(topics)
                            .map(topic -> new NewTopic(topic, Optional.empty(), Optional.empty()))
                            .toList())
                    .all()
                    .get();
        }
    }

    private final class Results implements ResultHandler {

        @Override
        public String resultTopic() {
            return "work.results";
        }

        @Override
        public void handle(IncomingMessage result) {
            results.add(result.id());
        }
    }

    private record Taker(String topic, String resultTopic) implements MessageHandler {

        Taker() {
            this("work", "work.results");
        }

        @Override
        public String name() {
            return "taker-of-" + topic;
        }

        @Override
        public String handle(IncomingMessage message) {
            return "{}";
        }
    }
}
