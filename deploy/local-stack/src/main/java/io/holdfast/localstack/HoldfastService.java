package io.holdfast.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of Holdfast's own services, started from its executable jar. */
public final class HoldfastService extends Part {

    static final String VERSION = "1.0.0-SNAPSHOT";

    private final int port;
    private final String schema;
    private final MariaDb database;
    private final Nacos nacos;

    HoldfastService(String name, int port, Surroundings at, MariaDb database, Nacos nacos) {
        super(name, at);
        this.port = port;
        this.schema = name.replace('-', '_');
        this.database = database;
        this.nacos = nacos;
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Where health and metrics are. */
    public String managementUrl() {
        return "http://127.0.0.1:" + managementPort();
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
    List<Ports.Port> ports() {
        return List.of(Ports.Port.loopback(port), Ports.Port.loopback(managementPort()));
    }

    /** Runs from a copy: a build that replaces the jar must not take the classes from under a running service. */
    @Override
    void prepare() throws IOException {
        if (!Files.exists(builtJar())) {
            throw new IOException(
                    "not built yet, there is no " + builtJar() + " (deploy/up or ./mvnw package builds it)");
        }
        Files.createDirectories(runningJar().getParent());
        Files.copy(builtJar(), runningJar(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Whether the jar was built anew since the running service was started from it. */
    boolean isOutdated() {
        try {
            return isRunning()
                    && Files.exists(runningJar())
                    && Files.exists(builtJar())
                    && !Files.getLastModifiedTime(builtJar()).equals(Files.getLastModifiedTime(runningJar()));
        } catch (IOException unknown) {
            return false;
        }
    }

    @Override
    List<String> command() {
        return new JavaCommand(at, name(), 320)
                .flag("-XX:MaxMetaspaceSize=256m")
                .property("spring.main.banner-mode", "off")
                .jar(runningJar());
    }

    @Override
    Map<String, String> environment() {
        MariaDb.Access access = database.access(schema);
        return Map.of(
                "HOLDFAST_PORT", Integer.toString(port),
                "HOLDFAST_MANAGEMENT_PORT", Integer.toString(managementPort()),
                "HOLDFAST_DB_URL", access.jdbcUrl(),
                "HOLDFAST_DB_USER", access.user(),
                "HOLDFAST_DB_PASSWORD", access.password(),
                "HOLDFAST_NACOS_ADDR", nacos.address(),
                "HOLDFAST_NACOS_USER", nacos.user(),
                "HOLDFAST_NACOS_PASSWORD", nacos.password(),
                "HOLDFAST_RUN_DIR", at.folder().root().toString());
    }

    @Override
    Optional<String> missing() throws InterruptedException {
        if (!Http.answers(managementUrl() + "/actuator/health")) {
            return Optional.of("its health is not UP at " + managementUrl() + "/actuator/health");
        }
        try {
            return nacos.api().hasInstance(name(), "DEFAULT_GROUP", "DEFAULT", port)
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

    private Path builtJar() {
        return at.checkout().resolve(name()).resolve("target").resolve(name() + "-" + VERSION + "-exec.jar");
    }

    private Path runningJar() {
        return at.folder().programs().resolve(name() + ".jar");
    }
}
