package io.holdfast.localplatform.program;

import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The executable jar of a program, unpacked: the program's own jar beside a folder with its libraries. From there it starts in three
 * fifths of the time that it takes when the libraries are read inside one jar. The folder is named by what is in the jar: a build that
 * replaces the jar takes no classes from under a running service, and all instances of one build run the same files.
 */
public final class UnpackedJar {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final PlatformContext at;
    private final String program;
    private final String part;
    private final Path built;

    /**
     * @param program that it is; parts that run the same one share its folder
     * @param part that is going to run it
     * @param built by Maven
     */
    public UnpackedJar(PlatformContext at, String program, String part, Path built) {
        this.at = at;
        this.program = program;
        this.part = part;
        this.built = built;
    }

    /** What is run; {@link #unpack()} brings it there. */
    public Path jar() {
        try {
            return folder().resolve(built.getFileName());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + built, e);
        }
    }

    /**
     * Unpacks it, unless that was done already, and deletes what was unpacked of earlier builds and is run by nobody.
     *
     * @throws PartFailed if it cannot be unpacked; it names the log
     */
    public void unpack() throws IOException, InterruptedException {
        if (!Files.exists(built)) {
            throw new IOException("not built yet, there is no " + built
                    + " (deploy/up and deploy/bench build what they start, ./mvnw package builds all)");
        }
        Path folder = folder();
        if (Files.exists(folder)) {
            return;
        }
        Path draft = folder.resolveSibling(part + ".new");
        RunFolder.deleteTree(draft);
        Files.createDirectories(draft.getParent());
        extractTo(draft);
        try {
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            // Another instance was faster.
            RunFolder.deleteTree(draft);
        }
        deleteEarlier(folder);
    }

    /** Whether the process runs what the jar holds now. True as well while there is none to compare with, say during a build. */
    public boolean isRunBy(OsProcess process) {
        try {
            return !Files.exists(built) || process.commandLine().contains(folder().toString());
        } catch (IOException beingBuilt) {
            return true;
        }
    }

    /** Whether any build of the program is unpacked there. */
    public static boolean isAnyUnpacked(RunFolder folder, String program) {
        if (!Files.isDirectory(folder.programs())) {
            return false;
        }
        try (DirectoryStream<Path> folders = unpacked(folder, program)) {
            return folders.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.programs(), e);
        }
    }

    private static DirectoryStream<Path> unpacked(RunFolder folder, String program) throws IOException {
        return Files.newDirectoryStream(folder.programs(), program + "-????????????");
    }

    private void deleteEarlier(Path current) throws IOException {
        List<String> running = at.stackFile().entries().stream()
                .map(entry -> entry.process().commandLine())
                .toList();
        try (DirectoryStream<Path> folders = unpacked(at.folder(), program)) {
            for (Path folder : folders) {
                if (!folder.equals(current) && running.stream().noneMatch(line -> line.contains(folder.toString()))) {
                    RunFolder.deleteTree(folder);
                }
            }
        }
    }

    private void extractTo(Path draft) throws IOException, InterruptedException {
        Path log = at.folder().log(part + "-unpack");
        Files.createDirectories(log.getParent());
        List<String> command = new JavaCommand(at, part, 64)
                .flag("-XX:TieredStopAtLevel=1")
                .property("jarmode", "tools")
                .jar(built, "extract", "--destination", draft.toString());
        Process extract = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!extract.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw PartFailed.logged(part, "takes over " + LIMIT.toSeconds() + " s to be unpacked", log, 0);
            }
        } finally {
            extract.destroyForcibly();
        }
        if (extract.exitValue() != 0) {
            throw PartFailed.logged(part, "could not be unpacked from " + built, log, 0);
        }
    }

    /** Named by checksums of all that is in it. The time says nothing: a build that can be reproduced gives each jar the same. */
    private Path folder() throws IOException {
        StringBuilder contents = new StringBuilder();
        try (ZipFile zip = new ZipFile(built.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                contents.append("%08x %s%n".formatted(entry.getCrc(), entry.getName()));
            }
        }
        return at.folder().programs().resolve(program + "-" + Fingerprint.of(contents.toString()));
    }
}
