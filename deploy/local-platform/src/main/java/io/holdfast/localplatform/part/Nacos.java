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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Nacos with its console: where services find each other and read their settings. */
public final class Nacos extends Part {

    private static final String MODULE = "nacos";

    private final NacosApi api;
    private volatile List<String> notes = List.of();

    public Nacos(PlatformContext at) {
        super("nacos", at);
        this.api = new NacosApi(url(), consoleUrl(), password());
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + at.ports().nacos() + "/nacos";
    }

    public String consoleUrl() {
        return "http://127.0.0.1:" + at.ports().nacosConsole();
    }

    /** What a client is configured with. A service has a user of its own, see {@link NacosUser}. */
    public String address() {
        return "127.0.0.1:" + at.ports().nacos();
    }

    /** The administrator. */
    public String user() {
        return NacosApi.ADMIN;
    }

    public String password() {
        return at.secrets().get(Secrets.Name.NACOS_ADMIN_PASSWORD);
    }

    @Override
    public String version() {
        return "3.1.0";
    }

    /** Reads a setting as it is in Nacos now; empty if there is none. */
    public Optional<String> setting(String dataId, String group) throws IOException, InterruptedException {
        return api.setting(dataId, group);
    }

    /**
     * Sets or replaces a setting, as a person does in the console.
     *
     * @param type as Nacos names it: {@code yaml} or {@code properties}
     */
    public void publish(String dataId, String group, String type, String content)
            throws IOException, InterruptedException {
        api.publish(dataId, group, type, content);
    }

    public NacosApi api() {
        return api;
    }

    /** Which settings were left as they are in Nacos although the file in the checkout says something else. */
    public List<String> notes() {
        return notes;
    }

    @Override
    public List<Ports.Port> ports() {
        return at.ports().ofNacos();
    }

    @Override
    void prepare() throws IOException {
        Path conf = nacosHome().resolve("conf");
        Files.createDirectories(conf);
        RunFolder.writePrivately(conf.resolve("application.properties"), properties());
    }

    @Override
    public Optional<ClassArchive> archive() {
        return Optional.of(ClassArchive.of(at, name(), JavaCommand.classPathOf(at, MODULE), true));
    }

    @Override
    List<String> command() {
        ClassArchive archive = archive().orElseThrow();
        return new JavaCommand(at, name(), 384)
                .with(archive, true)
                // Its start is most of what it computes here; C2 would only cost memory.
                .flag("-XX:TieredStopAtLevel=1")
                .listeningOn("127.0.0.1")
                .property("nacos.home", nacosHome())
                .property("nacos.logs.path", at.folder().logs().resolve(name()))
                .property("nacos.standalone", true)
                .property("nacos.deployment.type", "merged")
                .property("nacos.server.ip", "127.0.0.1")
                // At INFO it writes the key that signs its tokens into its log, and at DEBUG, its default there,
                // the tokens.
                .property("logging.level.com.alibaba.nacos.core", "WARN")
                .property("logging.level.com.alibaba.nacos.core.auth", "WARN")
                .property("nacos.remote.grpc.listen.ip", "127.0.0.1")
                .property(
                        "spring.config.additional-location",
                        "file:" + nacosHome().resolve("conf") + "/")
                .mainClass(archive.classPath(), "io.holdfast.localplatform.nacos.NacosServer");
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }

    /** It listens before it lets anybody in: only a log-in tells that it works. */
    @Override
    Optional<String> missing() throws InterruptedException {
        Optional<String> refused = api.logIn();
        if (refused.isPresent()) {
            api.createAdministrator();
            refused = api.logIn();
        }
        return refused;
    }

    @Override
    void whenReady() throws InterruptedException {
        try {
            new NacosUsers(api).ensure(NacosUser.ALL, at.secrets());
        } catch (IOException e) {
            throw PartFailed.before(name(), "the users of the services cannot be made: " + e.getMessage(), e);
        }
        try {
            notes = importSettings(at.checkout().resolve("deploy/nacos"));
        } catch (IOException e) {
            throw PartFailed.before(name(), "the settings of deploy/nacos cannot be imported: " + e.getMessage(), e);
        }
    }

    @Override
    Duration stopGrace() {
        return Duration.ofSeconds(10);
    }

    /**
     * Publishes what Nacos does not have yet. What it has is never replaced: a person may have changed it in the console, and settings changed
     * there are meant to last. A file that was changed in the checkout since is therefore only reported; publish it in the console, or start
     * from nothing with {@code deploy/down --erase}.
     */
    private List<String> importSettings(Path folder) throws IOException, InterruptedException {
        List<String> kept = new ArrayList<>();
        for (Path file : settingsIn(folder)) {
            String dataId = file.getFileName().toString();
            String content = Files.readString(file);
            String type = dataId.endsWith(".yaml") ? "yaml" : "properties";
            Optional<String> present = api.setting(dataId, groupOf(dataId));
            if (present.isEmpty()) {
                api.publish(dataId, groupOf(dataId), type, content);
            } else if (!present.get().strip().equals(content.strip())) {
                kept.add(dataId + " is kept as it is in Nacos, which differs from deploy/nacos/" + dataId);
            }
        }
        return List.copyOf(kept);
    }

    private static List<Path> settingsIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".properties"))
                    .sorted()
                    .toList();
        }
    }

    private static String groupOf(String dataId) {
        return dataId.equals(Coordinator.SETTINGS) ? Coordinator.GROUP : "DEFAULT_GROUP";
    }

    private Path nacosHome() {
        return at.folder().data().resolve(name());
    }

    private String properties() {
        return """
                # Written by the launcher at every start.
                server.address=127.0.0.1
                nacos.server.main.port=%d
                nacos.console.port=%d
                # Creating its database may take longer than the 3 s that Nacos waits for a connection, on a busy machine.
                db.pool.config.connectionTimeout=60000
                nacos.core.auth.enabled=true
                nacos.core.auth.admin.enabled=true
                nacos.core.auth.console.enabled=true
                nacos.core.auth.system.type=nacos
                # Otherwise users and rights are read every 15 s, the first time 5 s after the start: until then nobody gets in. The few
                # questions that the services ask are cheap.
                nacos.core.auth.caching.enabled=false
                nacos.core.auth.plugin.nacos.token.secret.key=%s
                nacos.core.auth.server.identity.key=%s
                nacos.core.auth.server.identity.value=%s
                """.formatted(
                        at.ports().nacos(),
                        at.ports().nacosConsole(),
                        at.secrets().get(Secrets.Name.NACOS_TOKEN_SECRET),
                        at.secrets().get(Secrets.Name.NACOS_IDENTITY_KEY),
                        at.secrets().get(Secrets.Name.NACOS_IDENTITY_VALUE));
    }
}
