package io.holdfast.tcc.sql.testdatabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A MariaDB or MySQL server as a child process. */
final class MySqlServer extends TestDatabase {

    private static final Duration INITIALISED_WITHIN = Duration.ofMinutes(2);
    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);
    private static final String USER = "holdfast";
    private static final String PASSWORD = "only-for-tests";

    private final Distribution distribution;
    private final int port;

    private MySqlServer(Distribution distribution, int port) {
        super("mysql");
        this.distribution = distribution;
        this.port = port;
    }

    static MySqlServer start(Distribution distribution) {
        try {
            Path home = distribution.unpack();
            Path run = Workspace.runDirectory(distribution.name());
            Workspace.delete(run);
            Path data = Files.createDirectories(run.resolve("data"));
            Path log = run.resolve("server.log");
            initialise(distribution, home, data, log);
            int port = freePort();
            Process process = serve(distribution, home, data, log, port);
            endWithThisJvm(process, run);
            MySqlServer server = new MySqlServer(distribution, port);
            server.awaitReady(process, log);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(distribution.name() + " does not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + distribution.name() + " was starting", e);
        }
    }

    private static void initialise(Distribution distribution, Path home, Path data, Path log)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(distribution.initialise(home, data, identity()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(INITIALISED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(distribution.name() + " took too long to initialise, see " + log);
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(failure(distribution, log));
        }
    }

    private static Process serve(Distribution distribution, Path home, Path data, Path log, int port)
            throws IOException {
        Path init = data.resolveSibling("init.sql");
        Files.writeString(
                init,
                "create user if not exists '%1$s'@'127.0.0.1' identified by '%2$s';%ngrant all on *.* to '%1$s'@'127.0.0.1';%n"
                        .formatted(USER, PASSWORD));
        List<String> command = new ArrayList<>(List.of(
                // Not even a killed JVM leaves a server behind: its end closes this pipe, and the guard kills the
                // server, which has taken the shell's place and process id.
                "/bin/sh",
                "-c",
                "exec 3<&0; (read -r _ <&3; kill $$) >/dev/null 2>&1 & exec \"$@\" 3<&-",
                distribution.name()));
        command.addAll(distribution.serve(home, data));
        command.addAll(List.of(
                "--basedir=" + home,
                "--datadir=" + data,
                "--init-file=" + init,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                // Relative to the data directory: a socket's path must not be longer than 107 characters.
                "--socket=server.sock",
                "--pid-file=server.pid",
                "--skip-name-resolve",
                "--skip-ssl",
                "--max-connections=300",
                "--character-set-server=utf8mb4",
                // The machine is not expected to fail during a test; the locks are the same.
                "--innodb-flush-log-at-trx-commit=2",
                "--innodb-buffer-pool-size=64M"));
        command.addAll(identity());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Both servers refuse to run as root unless told to; an ordinary user must not ask for it. */
    private static List<String> identity() {
        try {
            // Not UnixSystem: it takes a user whom no passwd names, as in many containers, for root.
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0) ? List.of("--user=root") : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell which user this is", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void endWithThisJvm(Process process, Path run) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            process.destroy();
            try {
                if (!process.waitFor(ENDED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
                Workspace.delete(run);
            } catch (InterruptedException | IOException e) {
                System.err.println("Data of a test database was left behind in " + run + ": " + e);
            }
        }));
    }

    private void awaitReady(Process process, Path log) {
        Awaitility.await(distribution.name() + " is ready, see " + log)
                .atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(failure(distribution, log));
                    }
                    return answers();
                });
    }

    private boolean answers() {
        try (Connection connection = connect("mysql")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static String failure(Distribution distribution, Path log) {
        String output;
        try {
            output = Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            output = "(no log: " + e + ")";
        }
        for (var library : distribution.packagesOfLibraries().entrySet()) {
            if (output.contains(library.getKey() + ": cannot open shared object file")) {
                return "%s needs the libraries %s of the operating system; on Debian and Ubuntu: apt-get install -y %s"
                        .formatted(
                                distribution.name(),
                                String.join(
                                        ", ",
                                        distribution.packagesOfLibraries().keySet().stream()
                                                .sorted()
                                                .toList()),
                                String.join(
                                        " ",
                                        distribution.packagesOfLibraries().values().stream()
                                                .sorted()
                                                .toList()));
            }
        }
        return distribution.name() + " does not start:\n" + output;
    }

    private Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection(url(schema), USER, PASSWORD);
    }

    private String url(String schema) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + schema
                + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&rewriteBatchedStatements=true"
                + "&useServerPrepStmts=false";
    }

    @Override
    TestSchema createSchema(String name) {
        try (Connection connection = connect("mysql");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " character set utf8mb4");
            return new TestSchema(name, folder(), url(name), USER, PASSWORD);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long deadlocks() throws SQLException {
        return number("select `count` from information_schema.innodb_metrics where name = 'lock_deadlocks'");
    }

    @Override
    public int transactionsWaitingForALock() throws SQLException {
        return Math.toIntExact(
                number("select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'"));
    }

    private long number(String query) throws SQLException {
        try (Connection connection = connect("mysql");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
