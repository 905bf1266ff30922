package io.holdfast.message.testbroker;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker (KRaft, one node) as a process of its own, which can be killed and come back with all that it had, at the same
 * port. It wants a name and a password, as the platform's own does. It ends with the JVM of the tests.
 */
public final class KafkaProcess implements AutoCloseable {

    public static final String USER = "holdfast";

    private static final String PASSWORD = "of-the-tests-only";
    private static final int START_LIMIT_SECONDS = 120;
    private static final int LOWEST_PORT = 20_000;
    private static final int HIGHEST_PORT = 32_000;
    private static final int MAX_ATTEMPTS = 100;
    private static final Duration READ_LIMIT = Duration.ofSeconds(60);
    private static final Duration LITTLE_LONGER = Duration.ofMillis(300);

    private final Path folder;
    private final int port;
    private final List<String> moreSettings;
    private @Nullable Process process;

    private KafkaProcess(Path folder, int port, List<String> moreSettings) {
        this.folder = folder;
        this.port = port;
        this.moreSettings = moreSettings;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Prepares a broker that does not run yet; its port is known and nobody listens there. */
    public static KafkaProcess prepare() {
        return prepare(List.of());
    }

    /** @param moreSettings lines of its file of properties, beside those that it has anyway */
    public static KafkaProcess prepare(List<String> moreSettings) {
        try {
            Path root = Path.of(System.getProperty("basedir", System.getProperty("user.dir")), "target", "test-kafka");
            Files.createDirectories(root);
            KafkaProcess kafka = new KafkaProcess(Files.createTempDirectory(root, "run-"), freePort(), moreSettings);
            kafka.configure(freePort());
            return kafka;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As Kafka's own tool does it, without a process for it. */
    private void format() {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(data())
                    .addDirectory(data())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("The folder of Kafka cannot be formatted", e);
        }
    }

    public String servers() {
        return "127.0.0.1:" + port;
    }

    /** What a service of ours needs to know of it. */
    public List<String> properties() {
        return List.of(
                "spring.kafka.bootstrap-servers=" + servers(),
                "spring.kafka.security.protocol=SASL_PLAINTEXT",
                "spring.kafka.properties[sasl.mechanism]=PLAIN",
                "spring.kafka.properties[sasl.jaas.config]=" + jaas());
    }

    public String password() {
        return PASSWORD;
    }

    /** Settings of a Kafka client of a test's own. */
    public Map<String, Object> clientConfig() {
        return Map.of(
                "bootstrap.servers",
                servers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                jaas());
    }

    /** Reads a topic from its beginning until so many messages that are wanted have come, and a little longer for more. */
    public List<ConsumerRecord<String, String>> read(
            String topic, Predicate<ConsumerRecord<String, String>> wanted, int atLeast) {
        return read(topic, wanted, atLeast, true);
    }

    /** Reads a topic from its beginning until so many messages that are wanted have come. */
    public List<ConsumerRecord<String, String>> first(
            String topic, Predicate<ConsumerRecord<String, String>> wanted, int count) {
        return read(topic, wanted, count, false);
    }

    private List<ConsumerRecord<String, String>> read(
            String topic, Predicate<ConsumerRecord<String, String>> wanted, int atLeast, boolean andMore) {
        Map<String, Object> config = new HashMap<>(clientConfig());
        config.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<String, String>> found = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            long end = System.nanoTime() + READ_LIMIT.toNanos();
            while (found.size() < atLeast) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("Only " + found.size() + " of " + atLeast + " came to " + topic);
                }
                assign(consumer, topic);
                collect(consumer, wanted, found);
            }
            if (andMore) {
                collect(consumer, wanted, found);
            }
        }
        return found;
    }

    /** As no member of a group, which would have to be gathered first. Asking for a topic makes it. */
    private static void assign(KafkaConsumer<String, String> consumer, String topic) {
        if (consumer.assignment().isEmpty()) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
        }
    }

    private static void collect(
            KafkaConsumer<String, String> consumer,
            Predicate<ConsumerRecord<String, String>> wanted,
            List<ConsumerRecord<String, String>> found) {
        if (!consumer.assignment().isEmpty()) {
            consumer.poll(LITTLE_LONGER).forEach(message -> {
                if (wanted.test(message)) {
                    found.add(message);
                }
            });
        }
    }

    /** Starts it, unless it runs, and returns when it answers. */
    public synchronized KafkaProcess start() {
        if (process != null && process.isAlive()) {
            return this;
        }
        try {
            if (Files.notExists(Path.of(data()))) {
                format();
            }
            process = launch();
            awaitAnswer();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a power cut would: nothing is tidied up, and what it had is there when it starts again. */
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
            try {
                process.waitFor(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process = null;
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void configure(int controllerPort) throws IOException {
        Files.writeString(
                Path.of(config()),
                """
                process.roles=broker,controller
                node.id=1
                listeners=CLIENTS://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=CLIENTS://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%2$d
                inter.broker.listener.name=CLIENTS
                listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
                sasl.enabled.mechanisms=PLAIN
                sasl.mechanism.inter.broker.protocol=PLAIN
                sasl.mechanism.controller.protocol=PLAIN
                listener.name.clients.plain.sasl.jaas.config=%3$s
                listener.name.controller.plain.sasl.jaas.config=%3$s
                log.dirs=%4$s
                num.partitions=3
                offsets.topic.num.partitions=3
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                # How long a broker that was killed is taken for alive when it comes back: until then it serves nobody.
                broker.session.timeout.ms=2000
                broker.heartbeat.interval.ms=250
                # Kafka's own 128 MB hardly fit into the heap that it has here, and sometimes not.
                log.cleaner.dedupe.buffer.size=4194304
                """.formatted(port, controllerPort, serverJaas(), data()) + String.join("\n", moreSettings) + "\n");
    }

    private static String jaas() {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(USER, PASSWORD);
    }

    private static String serverJaas() {
        return jaas().replace(";", " user_" + USER + "=\"" + PASSWORD + "\";");
    }

    private String config() {
        return folder.resolve("server.properties").toString();
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private Process launch() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                classPath(),
                "kafka.Kafka",
                config());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path log() {
        return folder.resolve("kafka.log");
    }

    private void awaitAnswer() throws IOException {
        try (Admin admin = Admin.create(clientConfig())) {
            admin.describeCluster().nodes().get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("Kafka does not answer: " + Files.readString(log()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** That of the tests, without the logging that they bring: the broker logs to nowhere rather than into the tests. */
    private static String classPath() throws IOException {
        Set<String> jars = new LinkedHashSet<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            jars.add(entry);
            jars.addAll(manifestClassPath(Path.of(entry)));
        }
        return String.join(File.pathSeparator, jars);
    }

    /** Surefire hands its class path over in the manifest of a jar. */
    private static List<String> manifestClassPath(Path jar) throws IOException {
        if (!Files.isRegularFile(jar)) {
            return List.of();
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String entries =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Class-Path");
            if (entries == null || !jar.getFileName().toString().startsWith("surefire")) {
                return List.of();
            }
            return Arrays.stream(entries.split(" "))
                    .map(entry -> Path.of(resolved(jar, entry)).toString())
                    .toList();
        }
    }

    private static URI resolved(Path jar, String entry) {
        try {
            return jar.toUri().resolve(new URI(entry));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Below those that the system gives to whoever connects to something: it has to be free whenever the broker starts. */
    private static int freePort() throws IOException {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Somebody is there.
            }
        }
        throw new IOException("No port is free between " + LOWEST_PORT + " and " + HIGHEST_PORT);
    }
}
