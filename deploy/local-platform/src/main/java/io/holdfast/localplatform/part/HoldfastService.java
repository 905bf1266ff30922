package io.holdfast.localplatform.part;

import io.holdfast.localplatform.program.ClassArchive;
import io.holdfast.localplatform.program.JavaCommand;
import io.holdfast.localplatform.program.UnpackedJar;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One of Holdfast's own programs, started from its executable jar. */
public final class HoldfastService extends Part {

    static final String VERSION = "1.0.0-SNAPSHOT";

    private final String service;
    private final int port;
    private final String schema;
    private final MariaDb database;
    private final Optional<Nacos> registry;
    private final Optional<Kafka> messages;
    private final Optional<Redis> cache;

    /**
     * @param registry where it registers itself and reads its settings; empty for one that plays a foreign system
     * @param messages where it sends and takes messages; it does not wait for it, so this may start later or not at all
     * @param cache where it may keep what it can also work out; it does not wait for it either
     */
    public HoldfastService(
            String name,
            int port,
            PlatformContext at,
            MariaDb database,
            Optional<Nacos> registry,
            Optional<Kafka> messages,
            Optional<Redis> cache) {
        this(name, name, port, at, database, registry, messages, cache);
    }

    /** @param name of this instance, by which it is told from others of the same service */
    private HoldfastService(
            String name,
            String service,
            int port,
            PlatformContext at,
            MariaDb database,
            Optional<Nacos> registry,
            Optional<Kafka> messages,
            Optional<Redis> cache) {
        super(name, at);
        this.service = service;
        this.port = port;
        this.schema = service.replace('-', '_');
        this.database = database;
        this.registry = registry;
        this.messages = messages;
        this.cache = cache;
    }

    /** Another instance of the same service, with a process, a port and a log of its own. */
    public HoldfastService second() {
        return new HoldfastService(
                service + "-2", service, at.ports().secondOf(port), at, database, registry, messages, cache);
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Where health and metrics are. */
    public String managementUrl() {
        return "http://127.0.0.1:" + managementPort();
    }

    /** The jar that its process runs, with its libraries beside it. */
    public Path jar() {
        return program().jar();
    }

    /** The schema that this service alone writes to. */
    public String schema() {
        return schema;
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(Ports.Port.loopback(port), Ports.Port.loopback(managementPort()));
    }

    @Override
    void prepare() throws IOException, InterruptedException {
        program().unpack();
    }

    /** Whether the service was built anew since the running one was started. */
    public boolean isOutdated() {
        return process().filter(process -> !program().isRunBy(process)).isPresent();
    }

    @Override
    List<String> command() {
        return java(at, name())
                .with(archive().orElseThrow(), name().equals(service))
                // Otherwise the client of Nacos keeps logs of its own, past the one that hides tokens.
                .property("nacos.logging.default.config.enabled", false)
                .jar(jar());
    }

    @Override
    public Optional<ClassArchive> archive() {
        return Optional.of(ClassArchive.of(at, service, jar().toString(), false));
    }

    /** How the JVM of a service is set. */
    static JavaCommand java(PlatformContext at, String name) {
        return new JavaCommand(at, name, 320)
                .flag("-XX:MaxMetaspaceSize=256m")
                .property("spring.main.banner-mode", "off");
    }

    @Override
    public Map<String, String> environment() {
        MariaDb.Access access = database.access(schema);
        Map<String, String> environment = new TreeMap<>(Map.of(
                "HOLDFAST_PORT", Integer.toString(port),
                "HOLDFAST_MANAGEMENT_PORT", Integer.toString(managementPort()),
                "HOLDFAST_DB_URL", access.jdbcUrl(),
                "HOLDFAST_DB_USER", access.user(),
                "HOLDFAST_DB_PASSWORD", access.password(),
                "HOLDFAST_TOKEN_ISSUER", Tokens.ISSUER,
                "HOLDFAST_TOKEN_AUDIENCE", Tokens.AUDIENCE,
                "HOLDFAST_TOKEN_KEYS", at.tokens().publicKeys().toUri().toString(),
                "HOLDFAST_RUN_DIR", at.folder().root().toString()));
        // The service turns its log over by itself. What else it may print, as when it cannot start, goes to the same
        // file.
        environment.put("LOGGING_FILE_NAME", log().toString());
        if (registry.isPresent()) {
            environment.putAll(at.settings());
        }
        registry.ifPresent(nacos -> environment.putAll(Map.of(
                "HOLDFAST_NACOS_ADDR", nacos.address(),
                "HOLDFAST_NACOS_USER", service,
                "HOLDFAST_NACOS_PASSWORD", at.secrets().nacosPassword(service))));
        messages.ifPresent(kafka -> environment.putAll(Map.of(
                "HOLDFAST_KAFKA_SERVERS",
                kafka.url(),
                "HOLDFAST_KAFKA_USER",
                service,
                "HOLDFAST_KAFKA_PASSWORD",
                at.secrets().kafkaPassword(service),
                // All senders on this platform are of this version, and say who they are.
                "HOLDFAST_MESSAGE_REQUIRESENDER",
                "true")));
        cache.ifPresent(redis -> environment.putAll(Map.of(
                "HOLDFAST_REDIS_HOST", redis.host(),
                "HOLDFAST_REDIS_PORT", Integer.toString(redis.port()),
                "HOLDFAST_REDIS_PASSWORD", redis.password())));
        // Everybody may know the public keys; who may call whom is each service's own setting.
        for (String caller : Tokens.CALLERS) {
            String keys = at.tokens().publicKeys(caller).toUri().toString();
            environment.put("HOLDFAST_" + caller.toUpperCase(Locale.ROOT).replace('-', '_') + "_KEYS", keys);
        }
        if (service.equals("payment-svc")) {
            // The gateway is foreign and in no registry.
            environment.put(
                    "HOLDFAST_GATEWAY_URL", "http://127.0.0.1:" + at.ports().gatewaySandbox());
        }
        if (Tokens.CALLERS.contains(service)) {
            environment.put(
                    "HOLDFAST_SERVICE_KEY",
                    at.tokens().privateKey(service).toUri().toString());
        }
        return environment;
    }

    @Override
    Optional<String> missing() throws InterruptedException {
        if (!Http.answers(managementUrl() + "/actuator/health")) {
            return Optional.of("its health is not UP at " + managementUrl() + "/actuator/health");
        }
        if (registry.isEmpty()) {
            return Optional.empty();
        }
        try {
            return registry.get().api().hasInstance(service, "DEFAULT_GROUP", "DEFAULT", port)
                    ? Optional.empty()
                    : Optional.of("no healthy instance in Nacos");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    Duration stopGrace() {
        return Duration.ofSeconds(30);
    }

    private int managementPort() {
        return at.ports().managementOf(port);
    }

    private UnpackedJar program() {
        Path built = at.checkout().resolve(service).resolve("target").resolve(service + "-" + VERSION + "-exec.jar");
        return new UnpackedJar(at, service, name(), built);
    }
}
