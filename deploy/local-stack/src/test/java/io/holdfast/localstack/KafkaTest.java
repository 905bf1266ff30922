package io.holdfast.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaTest {

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
        config.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(user, password));
        return topics(config);
    }

    private static Iterable<String> topics(Map<String, Object> config) throws Exception {
        try (Admin admin = Admin.create(config)) {
            return admin.listTopics().names().get(30, TimeUnit.SECONDS);
        }
    }
}
