package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.localplatform.runfolder.Ports;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever runs the tests as root starts the database as somebody without any rights; whoever does not, as themselves. */
public class OrdinaryUserTest {

    /** Nobody's. */
    private static final int STRANGER = 47_117;

    @TempDir
    private Path folder;

    @Test
    void theDatabaseRunsForAUserWithoutRightsWhoseHomeIsReadOnly() throws Exception {
        int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int user = self == 0 ? STRANGER : self;
        Path runFolder = Files.createDirectory(folder.resolve("run"));
        // Where a checkout has it.
        Path pins = Path.of("deploy/local-platform/artefacts.sha256");
        Files.createDirectories(runFolder.resolve(pins).getParent());
        Files.copy(Path.of("artefacts.sha256"), runFolder.resolve(pins));
        Path home = Files.createDirectory(folder.resolve("home"));
        List<String> command = new ArrayList<>();
        String classPath = System.getProperty("java.class.path");
        if (self == 0) {
            command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
            command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"));
            // The local repository may lie in a home folder that is closed to others.
            classPath = copied(classPath, Files.createDirectory(folder.resolve("jars")));
            Files.setAttribute(runFolder, "unix:uid", user);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                DatabaseStart.class.getName(),
                runFolder.toString(),
                Integer.toString(freeOffset())));

        String told = told(command, home);

        assertThat(told.lines()).as(told).contains("mariadb runs as user " + user);
        assertThat(home).isEmptyDirectory();
        try (Stream<Path> written = Files.walk(runFolder.resolve("data"))) {
            assertThat(written).allSatisfy(file -> assertThat(Files.getAttribute(file, "unix:uid"))
                    .isEqualTo(user));
        }
    }

    /** @return what it says, once it has ended well */
    private String told(List<String> command, Path home) throws Exception {
        File output = folder.resolve("told").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(Map.of("HOME", home.toString(), "LANG", "C"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            // It stops what it started.
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
        }
        String told = Files.readString(output.toPath());
        assertThat(process.exitValue()).as(told).isZero();
        return told;
    }

    /** Jars and folders of classes, where everybody can read them. */
    private static String copied(String classPath, Path target) throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (Files.exists(from)) {
                // By its path in the repository a jar is pinned.
                Path to = target.resolve(Path.of("/").relativize(from.toAbsolutePath()));
                Files.createDirectories(to.getParent());
                try (Stream<Path> files = Files.walk(from)) {
                    for (Path file : (Iterable<Path>) files::iterator) {
                        Path copy = to.resolve(from.relativize(file).toString());
                        Files.copy(file, copy);
                        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
                copies.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    /** Such that the database's port is free; no other part is started here. */
    private static int freeOffset() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort() - new Ports(0).mariaDb();
        }
    }
}
