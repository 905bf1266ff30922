package io.holdfast.localplatform.program;

import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.runfolder.PlatformContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The classes of one program, parsed and laid out once, in a file that its JVM maps at each start: a class-data archive (CDS) up to JDK 23,
 * and from JDK 24 on one whose classes are linked too, which is what JEP 483 calls an AOT cache. It saves about half of what a start takes.
 *
 * <p>An archive fits one class path and one JDK, and its name says which: another jar or another JDK has a file of another name, and the
 * one before is deleted at the next start. The JVM looks again for itself, and does without an archive that is gone, broken or not its own.
 *
 * <p>The first start writes down the names of the classes that it loads, and nothing else; {@link ArchiveMaker} makes the archive from them
 * later, in a process of its own. So a start is never held up by it, and it takes nothing from a program that runs.
 *
 * @see <a href="https://openjdk.org/jeps/310">JEP 310</a>, <a href="https://openjdk.org/jeps/483">JEP 483</a>
 */
public final class ClassArchive {

    /** The first JDK whose archives may hold linked classes. */
    private static final int LINKED_SINCE = 24;

    /** What a program's JVM is, as far as an archive depends on it. */
    record Jdk(Path java, int feature, String build) {

        /** The one that runs this launcher and all parts. */
        static Jdk running(PlatformContext at) {
            return new Jdk(
                    at.java(),
                    Runtime.version().feature(),
                    System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
        }
    }

    private final Path folder;
    private final String program;
    private final Jdk jdk;
    private final String classPath;
    private final boolean withAgent;

    /**
     * @param folder of all archives of a platform
     * @param program it is for; instances of a service share one
     * @param classPath of jars; a folder on it rules an archive out
     * @param withAgent whether a Java agent may change the program's classes while they are loaded; linked ones it could not
     */
    ClassArchive(Path folder, String program, Jdk jdk, String classPath, boolean withAgent) {
        this.folder = folder;
        this.program = program;
        this.jdk = jdk;
        this.classPath = classPath;
        this.withAgent = withAgent;
    }

    /**
     * @param program it is for
     * @param classPath of jars
     * @param withAgent whether a Java agent changes the program's classes
     * @return the archive for the JDK that runs this launcher
     */
    public static ClassArchive of(PlatformContext at, String program, String classPath, boolean withAgent) {
        return new ClassArchive(at.folder().archives(), program, Jdk.running(at), classPath, withAgent);
    }

    String program() {
        return program;
    }

    public String classPath() {
        return classPath;
    }

    Path file() {
        return folder.resolve(name() + ".jsa");
    }

    boolean isMade() {
        return Files.isRegularFile(file());
    }

    /**
     * For the command line of a start: uses the archive, or has the names of the classes written down where there is none yet.
     *
     * @param recording whether this process may write the names; two at once would spoil them for each other
     */
    List<String> flags(boolean recording) {
        try {
            Files.createDirectories(folder);
            deleteThoseOfOthers();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + folder, e);
        }
        if (isMade()) {
            List<String> flags = new ArrayList<>(List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + file()));
            flags.addAll(silence());
            return flags;
        }
        return recording ? List.of("-XX:DumpLoadedClassList=" + recorded()) : List.of();
    }

    /** Whether the names of the classes are there and the archive is not. */
    boolean canBeMade() {
        return !isMade() && Files.isRegularFile(recorded());
    }

    /**
     * Brings the names into the form that {@link #makeCommand()} reads: the program may be running still, and its last line be half written.
     */
    void freezeNames() throws IOException {
        String written = Files.readString(recorded(), StandardCharsets.UTF_8);
        Files.writeString(names(), written.substring(0, written.lastIndexOf('\n') + 1));
    }

    /** Writes {@link #draft()}; loads classes and runs none of the program. */
    List<String> makeCommand() {
        List<String> command = new ArrayList<>(List.of(
                jdk.java().toString(),
                "-Xshare:dump",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:SharedClassListFile=" + names(),
                "-XX:SharedArchiveFile=" + draft()));
        if (jdk.feature() >= LINKED_SINCE && !withAgent) {
            command.add("-XX:+AOTClassLinking");
        }
        command.addAll(silence());
        command.addAll(List.of("-cp", classPath));
        return List.copyOf(command);
    }

    Path draft() {
        return folder.resolve(name() + ".jsa.new");
    }

    /** As {@link #freezeNames()} left them. */
    Path names() {
        return folder.resolve(name() + ".names");
    }

    private Path recorded() {
        return folder.resolve(name() + ".classes");
    }

    /** An archive that does not fit is no news: the program starts without it. */
    private List<String> silence() {
        return jdk.feature() >= LINKED_SINCE ? List.of("-Xlog:cds*=off", "-Xlog:aot*=off") : List.of("-Xlog:cds*=off");
    }

    private String name() {
        StringBuilder fits = new StringBuilder(jdk.java() + "\n" + jdk.build() + "\n");
        for (String entry : classPath.split(":")) {
            fits.append(entry).append(stateOf(Path.of(entry))).append('\n');
        }
        return program + "-" + Fingerprint.of(fits.toString());
    }

    private static String stateOf(Path entry) {
        try {
            BasicFileAttributes file = Files.readAttributes(entry, BasicFileAttributes.class);
            return " " + file.size() + " " + file.lastModifiedTime().toMillis();
        } catch (IOException gone) {
            return " -";
        }
    }

    /** Of the same program, for another jar or JDK. Whoever has one mapped keeps it until it ends. */
    private void deleteThoseOfOthers() throws IOException {
        try (DirectoryStream<Path> mine = Files.newDirectoryStream(folder, program + "-????????????.*")) {
            for (Path file : mine) {
                if (!file.getFileName().toString().startsWith(name() + ".")) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** The archive that a process has mapped, whatever its command line says. */
    public static Optional<Path> mappedBy(OsProcess process, Path folder) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "maps")).stream()
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .filter(file -> file.startsWith(folder + "/") && file.endsWith(".jsa"))
                    .map(Path::of)
                    .findFirst();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
