package io.holdfast.localplatform.part;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.program.Artefacts;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.Secrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.JarURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Redis as a cache: it keeps nothing on the disk, and what it holds can be built anew. Nobody gets in without the password. */
public final class Redis extends Part {

    private static final String HOST = "127.0.0.1";
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

    /**
     * One of the servers in the jar of embedded-redis.
     *
     * @param resource its name there
     * @param version what it says of itself, which is not always what its name says
     */
    record Server(String resource, String version) {

        /** @param system as in {@code os.name}; @param processor as in {@code os.arch} */
        static Server of(String system, String processor) {
            if (system.equals("Linux")) {
                switch (processor) {
                    case "amd64", "x86_64":
                        return new Server("redis-server-6.2.6-v5-linux-amd64", "6.2.11");
                    case "aarch64":
                        return new Server("redis-server-6.2.7-linux-arm64", "6.2.7");
                    default:
                }
            }
            throw PartFailed.before(
                    "redis",
                    "there is no server for " + system + " on " + processor + ", only for Linux on x86-64 and ARM64");
        }

        static Server ofThisMachine() {
            return of(System.getProperty("os.name"), System.getProperty("os.arch"));
        }
    }

    public Redis(PlatformContext at) {
        super("redis", at);
    }

    @Override
    public String url() {
        return HOST + ":" + at.ports().redis();
    }

    @Override
    public String version() {
        return Server.ofThisMachine().version();
    }

    public String host() {
        return HOST;
    }

    public int port() {
        return at.ports().redis();
    }

    public String password() {
        return at.secrets().get(Secrets.Name.REDIS_PASSWORD);
    }

    /**
     * What it answers to these commands, sent one after the other on a new connection as a person would type them. For tests and for
     * looking around: only answers of one line, which begin with {@code +}, {@code -} or {@code :}, can be read.
     */
    public List<String> answers(String... commands) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(HOST, port()), (int) ANSWER_LIMIT.toMillis());
            // The kernel accepts connections for a server that hangs.
            socket.setSoTimeout((int) ANSWER_LIMIT.toMillis());
            socket.getOutputStream()
                    .write((String.join("\r\n", commands) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            List<String> answers = new ArrayList<>();
            while (answers.size() < commands.length) {
                String line = lines.readLine();
                if (line == null) {
                    throw new IOException("it closed the connection after " + answers);
                }
                answers.add(line);
            }
            return answers;
        }
    }

    @Override
    public List<Ports.Port> ports() {
        return List.of(Ports.Port.loopback(at.ports().redis()));
    }

    /** The file holds the password, which must be neither on the command line nor for others to read. */
    @Override
    void prepare() throws IOException {
        unpack();
        Files.createDirectories(dataDir());
        RunFolder.writePrivately(settings(), """
                bind %s
                port %d
                protected-mode yes
                requirepass %s
                # In the foreground, and its log is what it prints.
                daemonize no
                logfile ""
                # The working directory.
                dir ./
                # Only a cache: nothing of it is worth a file.
                save ""
                appendonly no
                # What is full says so: what is counted here must not vanish unseen.
                maxmemory 256mb
                maxmemory-policy noeviction
                maxclients 256
                tcp-keepalive 60
                """.formatted(HOST, at.ports().redis(), password()));
    }

    @Override
    List<String> command() {
        return List.of(server().toString(), settings().toString());
    }

    @Override
    Map<String, String> environment() {
        return Map.of();
    }

    @Override
    Path workingDirectory() {
        return dataDir();
    }

    /** Not an open port: one that takes another password is not ours. */
    @Override
    Optional<String> missing() {
        try {
            List<String> answers = answers("AUTH " + password(), "PING");
            return answers.equals(List.of("+OK", "+PONG"))
                    ? Optional.empty()
                    : Optional.of("it answers a PING at " + url() + " with " + answers);
        } catch (IOException e) {
            return Optional.of("it does not answer a PING at " + url() + ": " + e.getMessage());
        }
    }

    private Path server() {
        return at.folder().programs().resolve("redis-" + version()).resolve("redis-server");
    }

    private Path dataDir() {
        return at.folder().data().resolve(name());
    }

    private Path settings() {
        return dataDir().resolve("redis.conf");
    }

    private void unpack() throws IOException {
        if (Files.isExecutable(server())) {
            return;
        }
        String resource = Server.ofThisMachine().resource();
        URL found = Redis.class.getClassLoader().getResource(resource);
        if (found == null || !(found.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException(resource + " is not on the class path in a jar");
        }
        Artefacts.of(at.checkout())
                .verify(List.of(Path.of(URI.create(connection.getJarFileURL().toString()))));
        Files.createDirectories(server().getParent());
        Path draft = server().resolveSibling("redis-server.new");
        connection.setUseCaches(false);
        try (InputStream content = connection.getInputStream()) {
            Files.copy(content, draft, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(draft, server(), StandardCopyOption.ATOMIC_MOVE);
    }
}
