package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import io.holdfast.localplatform.stack.Stack;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class KafkaTest {

    private static final Path FOLDER = Path.of("target", "kafka-test").toAbsolutePath();

    private Stack stack;
    private Kafka kafka;

    @BeforeAll
    void start() throws Exception {
        RunFolder.deleteTree(FOLDER);
        stack = Stack.in(Path.of("../.."))
                .runFolder(FOLDER)
                .portOffset(freeOffset())
                .stopWithThisJvm()
                .open();
        kafka = stack.kafka();
        kafka.start();
    }

    @AfterAll
    void stop() throws Exception {
        stack.close();
        RunFolder.deleteTree(FOLDER);
    }

    @Test
    void isReadyAndKeepsItsTopicsWhenItIsKilled() throws Exception {
        assertThat(kafka.state()).isEqualTo(Part.State.READY);
        try (Admin admin = Admin.create(kafka.clientConfig())) {
            admin.createTopics(List.of(new NewTopic("kept", Optional.empty(), Optional.empty())))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }

        kafka.kill();
        assertThat(kafka.state()).isEqualTo(Part.State.DIED);
        kafka.start();

        assertThat(topicsAs("kafka", stack.secrets().get(Secrets.Name.KAFKA_PASSWORD)))
                .contains("kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-svc", "stock-svc", "payment-svc"})
    void aServiceGetsInWithItsOwnPasswordAlone(String service) throws Exception {
        assertThat(topicsAs(service, stack.secrets().kafkaPassword(service))).isNotNull();
        for (String wrong : List.of("", "kafka", service, stack.secrets().get(Secrets.Name.KAFKA_PASSWORD))) {
            assertThatThrownBy(() -> topicsAs(service, wrong)).hasMessageContaining("Authentication failed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-svc", "stock-svc", "payment-svc"})
    void aServiceWritesToItsOwnTopicsAndToNoOther(String service) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(configOf(service), new StringSerializer(), new StringSerializer())) {
            for (KafkaAccess.Topic topic : KafkaAccess.TOPICS) {
                ThrowingCallable write = () -> producer.send(new ProducerRecord<>(topic.name(), "key", "{}"))
                        .get(30, TimeUnit.SECONDS);
                if (topic.writer().equals(service)) {
                    assertThatCode(write).as(topic.name()).doesNotThrowAnyException();
                } else {
                    assertThatThrownBy(write).as(topic.name()).hasCauseInstanceOf(TopicAuthorizationException.class);
                }
            }
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("a-topic-of-" + service, "key", "{}"))
                            .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void onlyOrderSvcAsksForGoodsAndMoneyAndOnlyWhoCarriesItOutAnswers() {
        assertThat(KafkaAccess.TOPICS)
                .extracting(KafkaAccess.Topic::name, KafkaAccess.Topic::writer)
                .contains(
                        tuple("holdfast.stock.release", "order-svc"),
                        tuple("holdfast.payment.refund", "order-svc"),
                        tuple("holdfast.stock.release.results", "stock-svc"),
                        tuple("holdfast.payment.refund.results", "payment-svc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-svc", "stock-svc", "payment-svc"})
    void aServiceReadsWhatIsMeantForItInItsOwnGroupAlone(String service) throws Exception {
        for (KafkaAccess.Topic topic : KafkaAccess.TOPICS) {
            if (topic.readers().contains(service)) {
                assertThatCode(() -> read(service, service, topic.name()))
                        .as(topic.name())
                        .doesNotThrowAnyException();
                assertThatCode(() -> read(service, service + "-events-of-one-instance", topic.name()))
                        .as(topic.name())
                        .doesNotThrowAnyException();
                assertThatThrownBy(() -> readForLong(service, "of-somebody-else", topic.name()))
                        .isInstanceOf(GroupAuthorizationException.class);
            } else {
                assertThatThrownBy(() -> readForLong(service, service, topic.name()))
                        .as(topic.name())
                        .isInstanceOf(TopicAuthorizationException.class);
            }
        }
    }

    @Test
    void noServiceMakesTopicsOrGivesRights() {
        try (Admin admin = Admin.create(configOf("order-svc"))) {
            assertThatThrownBy(
                            () -> admin.createTopics(List.of(new NewTopic("own", Optional.empty(), Optional.empty())))
                                    .all()
                                    .get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(AuthorizationException.class);
            assertThatThrownBy(() -> KafkaAccess.apply(admin)).hasCauseInstanceOf(AuthorizationException.class);
        }
    }

    @Test
    void rightsThatSomebodyAddedAreGoneAfterTheNextStart() throws Exception {
        AclBinding added = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "holdfast.payment.refund", PatternType.LITERAL),
                new AccessControlEntry("User:stock-svc", "*", AclOperation.WRITE, AclPermissionType.ALLOW));
        try (Admin admin = Admin.create(kafka.clientConfig())) {
            admin.createAcls(List.of(added)).all().get(30, TimeUnit.SECONDS);

            KafkaAccess.apply(admin);
            KafkaAccess.apply(admin);

            await().atMost(Duration.ofSeconds(20)).until(() -> !admin.describeAcls(AclBindingFilter.ANY)
                    .values()
                    .get(30, TimeUnit.SECONDS)
                    .contains(added));
        }
    }

    /** Joins the group and asks once for what there is. */
    private void read(String service, String group, String topic) {
        read(service, group, topic, Duration.ofMillis(200));
    }

    /** Until it is refused: what is read after the topic was assigned may be refused some polls later. */
    private void readForLong(String service, String group, String topic) {
        read(service, group, topic, Duration.ofSeconds(20));
    }

    private void read(String service, String group, String topic, Duration time) {
        Map<String, Object> config = configOf(service);
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (consumer.assignment().isEmpty()) {
                assertThat(System.nanoTime()).isLessThan(end);
                consumer.poll(Duration.ofMillis(200));
            }
            consumer.poll(time);
        }
    }

    private Map<String, Object> configOf(String service) {
        Map<String, Object> config = new HashMap<>(kafka.clientConfig());
        config.put("sasl.jaas.config", login(service, stack.secrets().kafkaPassword(service)));
        return config;
    }

    @Test
    void nobodyGetsInWithoutAName() {
        Map<String, Object> anonymous = new HashMap<>(kafka.clientConfig());
        anonymous.put("security.protocol", "PLAINTEXT");
        anonymous.put("default.api.timeout.ms", 3_000);
        anonymous.put("request.timeout.ms", 3_000);

        assertThatThrownBy(() -> topics(anonymous)).isNotNull();
    }

    @Test
    void itsPasswordsAreInAFileOfItsOwnerAndNotInTheListOfProcesses() throws Exception {
        Path settings = FOLDER.resolve("data/kafka/server.properties");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
                .isEqualTo("rw-------");
        String commandLine =
                Files.readString(Path.of("/proc", Long.toString(kafka.pid().orElseThrow()), "cmdline"));
        assertThat(commandLine).doesNotContain(stack.secrets().get(Secrets.Name.KAFKA_PASSWORD));
    }

    @Test
    void listensOnLoopbackAlone() throws Exception {
        for (Ports.Port port : kafka.ports()) {
            assertThat(port.isFree()).isFalse();
            assertThat(port.address()).isEqualTo(InetAddress.getLoopbackAddress());
            assertThat(Ports.Port.at("127.0.0.2", port.number()).isFree()).isTrue();
        }
    }

    private static int freeOffset() {
        return IntStream.iterate(20_000, offset -> offset + 7)
                .filter(offset -> {
                    Ports ports = new Ports(offset);
                    return Ports.Port.loopback(ports.kafka()).isFree()
                            && Ports.Port.loopback(ports.kafkaController()).isFree();
                })
                .findFirst()
                .orElseThrow();
    }

    private Iterable<String> topicsAs(String user, String password) throws Exception {
        Map<String, Object> config = new HashMap<>(kafka.clientConfig());
        config.put("sasl.jaas.config", login(user, password));
        return topics(config);
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }

    private static Iterable<String> topics(Map<String, Object> config) throws Exception {
        try (Admin admin = Admin.create(config)) {
            return admin.listTopics().names().get(30, TimeUnit.SECONDS);
        }
    }
}
