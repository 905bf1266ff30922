package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Sender and taker in their own databases, over a real broker that is killed when a test wants it. */
class LocalMessagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static KafkaProcess kafka;

    private final int number = NUMBERS.incrementAndGet();
    private final String topic = "work-" + number;
    private final String resultTopic = "work-" + number + ".results";
    private final String events = "events-" + number;
    private final List<Instance> instances = new ArrayList<>();
    private final List<String> results = new CopyOnWriteArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicReference<Throwable> resultFailure = new AtomicReference<>();
    private final AtomicBoolean poisoned = new AtomicBoolean();
    private TestSchema senders;
    private TestSchema takers;

    @BeforeAll
    static void startKafka() {
        kafka = KafkaProcess.prepare().start();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void makeSchemas() throws SQLException {
        senders = newSchema();
        takers = newSchema();
    }

    private static TestSchema newSchema() throws SQLException {
        TestSchema schema = TestDatabase.mariaDb().newSchema("messages");
        schema.runResource(LocalMessageSchemaAcceptance.SCRIPT);
        schema.run("create table effect (id varchar(64) not null, at datetime(3) not null);");
        return schema;
    }

    @AfterEach
    void closeAll() {
        instances.forEach(Instance::close);
    }

    @Test
    void aCommandIsDoneOnceAndConfirmedByItsResult() {
        Instance sender = sender();
        Instance taker = taker();

        sender.write(command("c-1"));

        awaitStatus(sender, "c-1", MessageStatus.CONFIRMED);
        assertThat(results).containsExactly("c-1 done c-1");
        assertThat(effects(taker, "c-1")).isEqualTo(1);
    }

    @Test
    void aMessageOfATransactionThatIsRolledBackIsNeverSent() {
        Instance sender = sender();

        sender.transaction.executeWithoutResult(status -> {
            sender.messages.write(List.of(event("rolled-back")));
            status.setRollbackOnly();
        });
        sender.write(event("committed"));

        awaitStatus(sender, "committed", MessageStatus.CONFIRMED);
        assertThat(idsIn(events, 1)).containsExactly("committed");
        assertThatThrownBy(() -> sender.messages.write(List.of(event("without"))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSameMessageIsWrittenOnce() {
        Instance sender = sender();
        sender.write(event("twin"));

        assertThatThrownBy(() -> sender.write(event("another"), event("twin")))
                .isInstanceOf(DuplicateKeyException.class);

        assertThat(sender.count("select count(*) from local_message")).isEqualTo(1);
    }

    @Test
    void whatASenderCommittedBeforeItWasKilledIsSentByTheRecovery() {
        // Never started: what it writes is committed, and then it is gone.
        Instance killed = instance(senders, List.of(), List.of());
        killed.write(event("orphan"), command("orphaned-command"));
        assertThat(killed.statusOf("orphan")).isEqualTo(MessageStatus.NEW);
        Instance taker = taker();

        Instance survivor = sender();

        awaitStatus(survivor, "orphan", MessageStatus.CONFIRMED);
        awaitStatus(survivor, "orphaned-command", MessageStatus.CONFIRMED);
        assertThat(effects(taker, "orphaned-command")).isEqualTo(1);
    }

    @Test
    void aBrokerThatIsAwayLosesNothingAndHoldsUpNobody() {
        Instance sender = sender();
        Instance taker = taker();
        sender.write(command("before"));
        awaitStatus(sender, "before", MessageStatus.CONFIRMED);
        kafka.kill();

        List<String> ids =
                IntStream.range(0, 50).mapToObj(i -> "meanwhile-" + i).toList();
        long from = System.nanoTime();
        ids.forEach(id -> sender.write(command(id)));
        // A second for fifty transactions is a lot; a single wait for the broker would be longer.
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
        await().atMost(LIMIT)
                .until(() -> sender.registry
                                .find(MessageMetrics.SENT)
                                .tag("result", "away")
                                .counter()
                        != null);
        // Longer than the attempts of any message would last if being away were its fault.
        await().during(Duration.ofSeconds(4))
                .atMost(LIMIT)
                .until(() -> sender.count("select count(*) from local_message where status = 'NEW'") == 50);
        kafka.start();

        await().atMost(LIMIT)
                .until(() -> sender.count("select count(*) from local_message where status = 'CONFIRMED'") == 51);
        for (String id : ids) {
            assertThat(effects(taker, id)).as(id).isEqualTo(1);
        }
        assertThat(results).hasSize(51).doesNotHaveDuplicates();
    }

    @Test
    void aMessageThatComesAgainHasNoSecondEffectAndGetsTheSameResult() throws Exception {
        Instance taker = taker();

        for (int i = 0; i < 3; i++) {
            taker.broker.send("again", topic, "key", "{}").get();
        }

        assertThat(idsIn(resultTopic, 3)).containsExactly("again", "again", "again");
        assertThat(effects(taker, "again")).isEqualTo(1);
        assertThat(taker.registry
                        .get(MessageMetrics.CONSUMED)
                        .tag("result", "repeated")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void ifTheResultIsLostTheMessageIsSentAgainAndStillDoneOnce() {
        // Nobody listens for results at first, so that the first one is lost for the sender.
        Instance deaf = instance(senders, List.of(), List.of()).start();
        Instance taker = taker();
        deaf.write(command("unheard"));
        await().atMost(LIMIT)
                .until(() -> deaf.statusOf("unheard") == MessageStatus.SENT && effects(taker, "unheard") == 1);
        await().atMost(LIMIT).until(() -> deaf.count("select attempts from local_message where id = 'unheard'") > 1);
        deaf.close();

        Instance sender = sender();

        awaitStatus(sender, "unheard", MessageStatus.CONFIRMED);
        assertThat(effects(taker, "unheard")).isEqualTo(1);
        assertThat(results).containsExactly("unheard done unheard");
    }

    @Test
    void aMessageThatNobodyCanTakeFailsHoldsUpNoOtherOneAndIsSentAnewByAPerson() {
        Instance sender = sender();
        Instance taker = taker();
        poisoned.set(true);
        sender.write(command("poison"));
        sender.write(command("wholesome"));

        awaitStatus(sender, "wholesome", MessageStatus.CONFIRMED);
        awaitStatus(sender, "poison", MessageStatus.FAILED);
        assertThat(effects(taker, "poison")).isZero();
        List<ListedMessage> failed =
                sender.transaction.execute(status -> sender.operations.list(MessageStatus.FAILED, 10));
        assertThat(failed).extracting(ListedMessage::id).containsExactly("poison");
        assertThat(failed.get(0).lastError()).contains("no result");

        assertThat(sender.operations.requeue("wholesome", "ann", "mistaken")).isFalse();
        poisoned.set(false);
        assertThat(sender.operations.requeue("poison", "ann", "the taker is mended"))
                .isTrue();

        awaitStatus(sender, "poison", MessageStatus.CONFIRMED);
        assertThat(effects(taker, "poison")).isEqualTo(1);
    }

    @Test
    void aMessageThatTheBrokerRefusesFailsAlone() {
        Instance sender = sender();

        sender.write(OutgoingMessage.event("unsendable", "no such topic!", "key", "{}"), event("good"));

        awaitStatus(sender, "good", MessageStatus.CONFIRMED);
        awaitStatus(sender, "unsendable", MessageStatus.FAILED);
    }

    @Test
    void twoInstancesShareTheRecoveryAndSendNothingTwice() {
        Instance dead = instance(senders, List.of(), List.of());
        List<String> ids = IntStream.range(0, 300).mapToObj(i -> "e-" + i).toList();
        ids.forEach(id -> dead.write(event(id)));
        await().atMost(LIMIT)
                .until(() -> dead.count("select count(*) from local_message where due_at <= utc_timestamp(3)") == 300);

        Instance one = sender();
        Instance two = sender();

        await().atMost(LIMIT)
                .until(() -> one.count("select count(*) from local_message where status = 'CONFIRMED'") == 300);
        assertThat(idsIn(events, 300)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(sent(one)).isPositive();
        assertThat(sent(two)).isPositive();
        assertThat(sent(one) + sent(two)).isEqualTo(300);
    }

    @Test
    void whileSomethingIsAwayThatTheTakerNeedsNoMessageIsPassedOverAndNoneIsSentTwice() {
        Instance sender = patient();
        Instance taker = taker();
        failure.set(new CannotCreateTransactionException("the database of the taker is away"));
        sender.write(command("waiting"), command("behind"));

        // More attempts than a message of which the handler itself makes nothing would get.
        await().atMost(LIMIT).until(() -> consumed(taker, "delayed") >= 5);
        failure.set(null);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> sender.statusOf("waiting") == MessageStatus.CONFIRMED
                        && sender.statusOf("behind") == MessageStatus.CONFIRMED);
        assertThat(sender.count("select sum(attempts) from local_message")).isEqualTo(2);
        assertThat(consumed(taker, "dropped")).isZero();
        assertThat(effects(taker, "waiting")).isEqualTo(1);
    }

    @Test
    void aResultThatWaitsForTheSendersDatabaseIsNotPassedOverEither() {
        Instance sender = patient();
        Instance taker = taker();
        resultFailure.set(new CannotCreateTransactionException("the database of the sender is away"));
        sender.write(command("answered"));
        await().atMost(LIMIT).until(() -> consumed(sender, "delayed") >= 5);

        resultFailure.set(null);

        awaitStatus(sender, "answered", MessageStatus.CONFIRMED);
        assertThat(effects(taker, "answered")).isEqualTo(1);
        assertThat(sender.count("select attempts from local_message")).isEqualTo(1);
    }

    @Test
    void anErrorInAHandlerEndsNoConsumer() {
        Instance sender = patient();
        Instance taker = taker();
        failure.set(new NoClassDefFoundError("gone from the class path"));
        sender.write(command("classless"));
        await().atMost(LIMIT).until(() -> consumed(taker, "dropped") == 1);

        failure.set(new OutOfMemoryError("for a moment"));
        sender.write(command("next"));
        await().atMost(LIMIT).until(() -> consumed(taker, "delayed") >= 4);
        failure.set(null);

        awaitStatus(sender, "next", MessageStatus.CONFIRMED);
        assertThat(sender.statusOf("classless")).isEqualTo(MessageStatus.SENT);
    }

    @Test
    void aConsumerThatEndedIsStartedAgain() {
        Instance sender = sender();
        Instance taker = taker();
        taker.consumers.containers().get(0).stopAbnormally(() -> {});
        await().atMost(LIMIT).until(() -> !taker.consumers.containers().get(0).isRunning());

        taker.consumers.startThoseThatEnded();
        sender.write(command("heard"));

        awaitStatus(sender, "heard", MessageStatus.CONFIRMED);
        assertThat(effects(taker, "heard")).isEqualTo(1);
    }

    @Test
    void anErrorInTheSendersThreadStopsNothing() {
        Instance sender = sender();
        taker();
        AtomicInteger errors = new AtomicInteger();
        sender.registry.config().onMeterAdded(meter -> {
            if (meter.getId().getName().equals(MessageMetrics.SENT) && errors.incrementAndGet() <= 2) {
                throw new NoClassDefFoundError("in the middle of a batch");
            }
        });

        sender.write(command("despite"));

        awaitStatus(sender, "despite", MessageStatus.CONFIRMED);
        assertThat(errors).hasValueGreaterThanOrEqualTo(1);
    }

    @Test
    void whatWasWrittenForAnotherTopicOrIsNoCommandIsRefusedCountedAndChangesNothing() throws Exception {
        Instance sender = sender();
        Instance taker = taker();
        sender.broker
                .send(Provenance.Type.RESULT, "a-result", topic, "key", "{}")
                .get();
        sendAs("a-copy", "some-other-topic", "service-" + senders.name());
        sendAs("a-forgery", topic, "mallory");
        await().atMost(LIMIT).until(() -> consumed(taker, "refused") == 3);

        sender.write(command("a-command"));

        awaitStatus(sender, "a-command", MessageStatus.CONFIRMED);
        assertThat(taker.count("select count(*) from effect")).isEqualTo(1);
        assertThat(taker.count("select count(*) from processed_message")).isEqualTo(1);
        assertThat(results).containsExactly("a-command done a-command");
    }

    /** A command, with what it says of itself. */
    private void sendAs(String id, String writtenFor, String service) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.clientConfig(), new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> message = new ProducerRecord<>(topic, "key", "{}");
            message.headers().add(Broker.ID_HEADER, id.getBytes(StandardCharsets.US_ASCII));
            new Provenance(Provenance.Type.COMMAND, writtenFor, service).writeTo(message.headers());
            producer.send(message);
        }
    }

    private static double consumed(Instance instance, String result) {
        return instance.registry.find(MessageMetrics.CONSUMED).tag("result", result).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** A sender that does not send a command a second time as long as any of these tests lasts. */
    private Instance patient() {
        Instance instance = new Instance(
                senders,
                kafka,
                "service-" + senders.name(),
                List.of(),
                List.of(new Results()),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5));
        instances.add(instance);
        return instance.start();
    }

    private double sent(Instance instance) {
        return instance.registry
                .get(MessageMetrics.SENT)
                .tag("result", "taken")
                .counter()
                .count();
    }

    private OutgoingMessage command(String id) {
        return OutgoingMessage.command(id, topic, "key-" + id, "{\"do\":\"" + id + "\"}");
    }

    private OutgoingMessage event(String id) {
        return OutgoingMessage.event(id, events, id, "{}");
    }

    private Instance sender() {
        return instance(senders, List.of(), List.of(new Results())).start();
    }

    private Instance taker() {
        Taker taker = new Taker();
        Instance instance = instance(takers, List.of(taker), List.of());
        taker.instance = instance;
        return instance.start();
    }

    private Instance instance(TestSchema schema, List<MessageHandler> handlers, List<ResultHandler> resultHandlers) {
        String service = "service-" + schema.name();
        Instance instance = new Instance(schema, kafka, service, handlers, resultHandlers);
        instances.add(instance);
        return instance;
    }

    private static void awaitStatus(Instance instance, String id, MessageStatus status) {
        await().atMost(LIMIT).until(() -> instance.statusOf(id) == status);
    }

    private static long effects(Instance taker, String id) {
        return taker.count("select count(*) from effect where id = ?", id);
    }

    private static List<String> idsIn(String topic, int atLeast) {
        return kafka.read(topic, any -> true, atLeast).stream()
                .map(message -> Broker.idIn(message.headers()))
                .toList();
    }

    private static void throwIfSet(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private final class Results implements ResultHandler {

        @Override
        public String resultTopic() {
            return resultTopic;
        }

        @Override
        public void handle(IncomingMessage result) {
            throwIfSet(resultFailure.get());
            results.add(result.id() + " " + result.payload());
        }
    }

    private final class Taker implements MessageHandler {

        private Instance instance;

        @Override
        public String name() {
            return "taker";
        }

        @Override
        public String topic() {
            return topic;
        }

        @Override
        public String resultTopic() {
            return resultTopic;
        }

        @Override
        public Set<String> senders() {
            return Set.of("service-" + senders.name(), "service-" + takers.name());
        }

        @Override
        public String handle(IncomingMessage message) {
            throwIfSet(failure.get());
            instance.jdbc.update("insert into effect values (?, now(3))", message.id());
            if (poisoned.get() && message.id().equals("poison")) {
                throw new IllegalStateException("cannot be taken");
            }
            return "done " + message.id();
        }
    }
}
