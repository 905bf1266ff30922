package io.holdfast.tcc.sql.testdatabase;

import java.io.File;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A MariaDB or MySQL server as a process that goes from one test JVM to the next. */
final class MySqlServer extends TestDatabase {

    private static final Duration INITIALISED_WITHIN = Duration.ofMinutes(2);
    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final String USER = "holdfast";
    private static final String PASSWORD = "only-for-tests";

    /**
     * Not even a killed Maven leaves a server behind: a guard looks whether the owner is there, and is deaf to what a terminal sends
     * to all of its processes. A process that has ended, and that nobody has asked for its result yet, has no program any more. The
     * server takes the shell's place and process id.
     */
    private static final String GUARDED = """
            owner=$1 folder=$2 server=$$
            shift 2
            (
                trap '' HUP INT TERM
                while [ -e /proc/$owner/exe ]; do sleep 1; done
                if [ /proc/$server/exe -ef "$1" ]; then
                    kill -9 $server
                    while [ -e /proc/$server/exe ]; do sleep 0.1; done
                fi
                rm -rf "$folder"
            ) &
            exec "$@"
            """;

    private final Distribution distribution;
    private final int port;
    /** What is held as long as this JVM uses the server. */
    private final Place place;

    private MySqlServer(Distribution distribution, int port, Place place) {
        super("mysql");
        this.distribution = distribution;
        this.port = port;
        this.place = place;
    }

    static MySqlServer start(Distribution distribution) {
        try {
            Path home = distribution.unpack();
            Place place = Place.take(distribution.name(), MySqlServer::answers);
            Optional<Integer> running = place.port();
            if (running.isPresent()) {
                return new MySqlServer(distribution, running.get(), place);
            }
            Path data = Files.createDirectories(place.data());
            initialise(distribution, home, data, place.log());
            int port = freePort();
            Process process = serve(distribution, home, place, port);
            MySqlServer server = new MySqlServer(distribution, port, place);
            server.awaitReady(process, place.log());
            place.isReady(port);
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

    private static Process serve(Distribution distribution, Path home, Place place, int port) throws IOException {
        Path data = place.data();
        Path init = place.folder().resolve("init.sql");
        Files.writeString(
                init,
                "create user if not exists '%1$s'@'127.0.0.1' identified by '%2$s';%ngrant all on *.* to '%1$s'@'127.0.0.1';%n"
                        .formatted(USER, PASSWORD));
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                GUARDED,
                distribution.name(),
                Long.toString(place.owner()),
                place.folder().toString()));
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
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync",
                "--innodb-doublewrite=OFF",
                "--innodb-buffer-pool-size=64M"));
        command.addAll(identity());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(place.log().toFile()))
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

    private void awaitReady(Process process, Path log) {
        Awaitility.await(distribution.name() + " is ready, see " + log)
                .atMost(READY_WITHIN)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(failure(distribution, log));
                    }
                    return answers(port);
                });
    }

    private static boolean answers(int port) {
        try (Connection connection = connect(port, "mysql")) {
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

    private static Connection connect(int port, String schema) throws SQLException {
        return DriverManager.getConnection(url(port, schema), USER, PASSWORD);
    }

    private static String url(int port, String schema) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + schema
                + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&rewriteBatchedStatements=true"
                + "&useServerPrepStmts=false";
    }

    @Override
    TestSchema createSchema(String name) {
        try (Connection connection = connect(port, "mysql");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " character set utf8mb4");
            return new TestSchema(name, folder(), url(port, name), USER, PASSWORD);
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
        try (Connection connection = connect(port, "mysql");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
