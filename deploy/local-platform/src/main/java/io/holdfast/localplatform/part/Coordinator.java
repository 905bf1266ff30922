package io.holdfast.localplatform.part;

import io.holdfast.localplatform.program.ClassArchive;
import io.holdfast.localplatform.program.JavaCommand;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Seata coordinator (TC): keeps its transactions in MariaDB, and reads its settings from and registers itself in Nacos. */
public final class Coordinator extends Part {

    static final String GROUP = "SEATA_GROUP";
    static final String SETTINGS = "seataServer.properties";

    /** It is found in Nacos by this name, which is that of its user there too. */
    static final String SERVICE = "seata-server";

    private static final String CLUSTER = "default";
    /** Seata ignores 127.0.0.1 and would advertise the network card's address; this one stays on the machine as well. */
    private static final String HOST = "127.0.0.2";

    private final MariaDb database;
    private final Nacos nacos;

    public Coordinator(PlatformContext at, MariaDb database, Nacos nacos) {
        super("coordinator", at);
        this.database = database;
        this.nacos = nacos;
    }

    @Override
    public String url() {
        return HOST + ":" + at.ports().coordinator();
    }

    public String consoleUrl() {
        return "http://127.0.0.1:" + at.ports().coordinatorConsole();
    }

    public String consoleUser() {
        return "seata";
    }

    public String consolePassword() {
        return at.secrets().get(Secrets.Name.SEATA_CONSOLE_PASSWORD);
    }

    @Override
    public String version() {
        return "2.0.0";
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(
                Ports.Port.at(HOST, at.ports().coordinator()),
                Ports.Port.loopback(at.ports().coordinatorConsole()));
    }

    @Override
    void prepare() throws IOException {
        Files.createDirectories(logging().getParent());
        Files.writeString(logging(), """
                <configuration>
                  <!-- INFO costs the coordinator about as much as its work does. The client of Nacos writes its token with each
                       request that fails. -->
                  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{36}: %replace(%msg){'accessToken=[A-Za-z0-9._-]+', 'accessToken=***'}%n</pattern></encoder>
                  </appender>
                  <logger name="org.springframework.security.config.annotation.web.builders.WebSecurity" level="ERROR"/>
                  <root level="WARN"><appender-ref ref="OUT"/></root>
                </configuration>
                """);
    }

    @Override
    public Optional<ClassArchive> archive() {
        return Optional.of(ClassArchive.of(at, name(), JavaCommand.classPathOf(at, "coordinator"), true));
    }

    @Override
    List<String> command() {
        ClassArchive archive = archive().orElseThrow();
        return new JavaCommand(at, name(), 320)
                .with(archive, true)
                .listeningOn(HOST)
                .property("server.address", "127.0.0.1")
                .property("server.port", at.ports().coordinatorConsole())
                .property("logging.config", "file:" + logging())
                .property("nacos.logging.default.config.enabled", false)
                .property("spring.main.banner-mode", "off")
                .property("seata.config.type", "nacos")
                .property("seata.config.nacos.server-addr", nacos.address())
                .property("seata.config.nacos.username", SERVICE)
                .property("seata.config.nacos.group", GROUP)
                .property("seata.config.nacos.data-id", SETTINGS)
                .property("seata.registry.type", "nacos")
                .property("seata.registry.nacos.server-addr", nacos.address())
                .property("seata.registry.nacos.username", SERVICE)
                .property("seata.registry.nacos.group", GROUP)
                .property("seata.registry.nacos.cluster", CLUSTER)
                .property("seata.registry.nacos.application", SERVICE)
                .mainClass(
                        archive.classPath(),
                        "io.seata.server.ServerApplication",
                        "-h",
                        HOST,
                        "-p",
                        Integer.toString(at.ports().coordinator()));
    }

    /**
     * What differs between machines (the database's port) and what is secret. Seata looks for each of its settings in the environment, by
     * the very name that it has in Nacos, before it looks in Nacos: so neither is in the committed file, nor in the list of processes.
     */
    @Override
    Map<String, String> environment() {
        MariaDb.Access seata = database.access("seata");
        return Map.of(
                "store.db.url", seata.jdbcUrl(),
                "store.db.user", seata.user(),
                "store.db.password", seata.password(),
                "SEATA_CONFIG_NACOS_PASSWORD", at.secrets().nacosPassword(SERVICE),
                "SEATA_REGISTRY_NACOS_PASSWORD", at.secrets().nacosPassword(SERVICE),
                "CONSOLE_USER_USERNAME", consoleUser(),
                "CONSOLE_USER_PASSWORD", consolePassword(),
                "SEATA_SECURITY_SECRETKEY", at.secrets().get(Secrets.Name.SEATA_CONSOLE_SECRET));
    }

    @Override
    Optional<String> missing() throws InterruptedException {
        if (!Http.answers(consoleUrl() + "/")) {
            return Optional.of("its console does not answer at " + consoleUrl());
        }
        try {
            return nacos.api().hasInstance(SERVICE, GROUP, CLUSTER, at.ports().coordinator())
                    ? Optional.empty()
                    : Optional.of("it is not registered in Nacos");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    Duration stopGrace() {
        return Duration.ofSeconds(20);
    }

    private Path logging() {
        return at.folder().data().resolve(name()).resolve("logback.xml");
    }
}
