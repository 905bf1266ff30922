package io.holdfast.localplatform.part;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.program.ClassArchive;
import io.holdfast.localplatform.program.JavaCommand;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Kafka as one node (KRaft: no ZooKeeper). Nobody gets in without a name and a password, not even the node itself, and whoever is in may do
 * what {@link KafkaAccess} says and nothing else.
 */
public final class Kafka extends Part {

    private static final String HOST = "127.0.0.1";
    private static final String BROKER = "kafka";
    private static final int ANSWER_MILLIS = 3_000;

    public Kafka(PlatformContext at) {
        super("kafka", at);
    }

    @Override
    public String url() {
        return HOST + ":" + at.ports().kafka();
    }

    @Override
    public String version() {
        return "4.3.1";
    }

    /** What a Kafka client needs to get in as the one who looks after the broker. */
    public Map<String, Object> clientConfig() {
        return Map.of(
                "bootstrap.servers",
                url(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login() + ";");
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(
                Ports.Port.loopback(at.ports().kafka()),
                Ports.Port.loopback(at.ports().kafkaController()));
    }

    /** The file holds passwords, which must be neither on the command line nor for others to read. */
    @Override
    void prepare() throws IOException {
        Files.createDirectories(settings().getParent());
        StringBuilder users = new StringBuilder(login())
                .append(" user_%s=\"%s\"".formatted(BROKER, at.secrets().get(Secrets.Name.KAFKA_PASSWORD)));
        for (String service : KafkaAccess.SERVICES) {
            users.append(" user_%s=\"%s\"".formatted(service, at.secrets().kafkaPassword(service)));
        }
        RunFolder.writePrivately(settings(), """
                process.roles=broker,controller
                node.id=1
                listeners=CLIENTS://%1$s:%2$d,CONTROLLER://%1$s:%3$d
                advertised.listeners=CLIENTS://%1$s:%2$d
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@%1$s:%3$d
                inter.broker.listener.name=CLIENTS
                listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
                sasl.enabled.mechanisms=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                sasl.mechanism.controller.protocol=PLAIN
                listener.name.clients.plain.sasl.jaas.config=%4$s;
                listener.name.controller.plain.sasl.jaas.config=%4$s;
                # Whom KafkaAccess gives no right has none. The node itself and the launcher are the only ones who need none.
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                allow.everyone.if.no.acl.found=false
                super.users=User:%6$s
                # Those that there are to be are made with the rights to them.
                auto.create.topics.enable=false
                log.dirs=%5$s
                # One node: a copy of anything has nowhere to go.
                default.replication.factor=1
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                num.partitions=3
                offsets.topic.num.partitions=3
                # What was acknowledged is on the disk, also if the machine loses power: there is no second node that has it.
                log.flush.interval.messages=1
                # Threads for a laptop, not for a cluster.
                num.network.threads=2
                num.io.threads=2
                log.cleaner.dedupe.buffer.size=16777216
                group.initial.rebalance.delay.ms=0
                # One that was killed is let in again only when its last session is over: 3 s later, not 9.
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=500
                """.formatted(
                        HOST, at.ports().kafka(), at.ports().kafkaController(), users, logs(), BROKER));
    }

    @Override
    public Optional<ClassArchive> archive() {
        return Optional.of(ClassArchive.of(at, name(), JavaCommand.classPathOf(at, "kafka"), false));
    }

    @Override
    List<String> command() {
        ClassArchive archive = archive().orElseThrow();
        return new JavaCommand(at, name(), 256)
                .with(archive, true)
                .property("org.slf4j.simpleLogger.defaultLogLevel", "warn")
                .property("org.slf4j.simpleLogger.showDateTime", true)
                .property("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS")
                .mainClass(
                        archive.classPath(),
                        "io.holdfast.localplatform.kafka.KafkaServer",
                        settings().toString(),
                        logs().toString());
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }

    /** Not an open port: a broker that has no metadata yet refuses everything. */
    @Override
    Optional<String> missing() throws InterruptedException {
        Map<String, Object> config = new java.util.HashMap<>(clientConfig());
        config.put("request.timeout.ms", ANSWER_MILLIS);
        config.put("default.api.timeout.ms", ANSWER_MILLIS);
        try (Admin admin = Admin.create(config)) {
            admin.listTopics().names().get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            return Optional.of("it does not answer a request for metadata at " + url() + ": " + e.getMessage());
        }
    }

    /** Each time: the rules of this version hold, whatever the data folder comes from. */
    @Override
    void whenReady() throws InterruptedException {
        try (Admin admin = Admin.create(clientConfig())) {
            KafkaAccess.apply(admin);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw PartFailed.before(name(), "does not take its topics and access rules: " + e.getMessage(), e);
        }
    }

    @Override
    Duration stopGrace() {
        return Duration.ofSeconds(20);
    }

    private String login() {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
                .formatted(BROKER, at.secrets().get(Secrets.Name.KAFKA_PASSWORD));
    }

    private Path settings() {
        return at.folder().data().resolve(name()).resolve("server.properties");
    }

    private Path logs() {
        return at.folder().data().resolve(name()).resolve("logs");
    }
}
