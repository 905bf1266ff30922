package io.holdfast.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The executable jar of a service, unpacked: the service's own jar beside a folder with its libraries. From there it starts in three
 * fifths of the time that it takes when the libraries are read inside one jar. And a build that replaces the jar takes no classes from under a running
 * service.
 */
final class UnpackedJar {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Surroundings at;
    private final String part;
    private final Path built;

    /**
     * @param part that runs it and has a folder of its own for it
     * @param built by Maven
     */
    UnpackedJar(Surroundings at, String part, Path built) {
        this.at = at;
        this.part = part;
        this.built = built;
    }

    /** What is run. */
    Path jar() {
        return folder().resolve(built.getFileName());
    }

    /**
     * Unpacks it, unless that was done already. A folder that says what it contains is whole.
     *
     * @throws PartFailed if it cannot be unpacked; it names the log
     */
    void unpack() throws IOException, InterruptedException {
        if (!Files.exists(built)) {
            throw new IOException("not built yet, there is no " + built
                    + " (deploy/up and deploy/bench build what they start, ./mvnw package builds all)");
        }
        if (isCurrent()) {
            return;
        }
        Path draft = folder().resolveSibling(part + ".new");
        RunFolder.deleteTree(draft);
        Files.createDirectories(draft.getParent());
        String contents = contentsOf(built);
        extractTo(draft);
        Files.writeString(draft.resolve("contents"), contents);
        Files.deleteIfExists(contents());
        RunFolder.deleteTree(folder());
        Files.move(draft, folder(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether the jar was built anew, with other contents, since it was unpacked. */
    boolean isOutdated() {
        try {
            return Files.exists(built) && Files.exists(contents()) && !isCurrent();
        } catch (IOException beingBuilt) {
            return false;
        }
    }

    private boolean isCurrent() throws IOException {
        return Files.exists(contents()) && Files.readString(contents()).equals(contentsOf(built));
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

    /** By checksums of all that is in it. The time says nothing: a build that can be reproduced gives each jar the same. */
    private static String contentsOf(Path jar) throws IOException {
        StringBuilder contents = new StringBuilder();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                contents.append("%08x %s%n".formatted(entry.getCrc(), entry.getName()));
            }
        }
        return contents.toString();
    }

    private Path folder() {
        return at.folder().programs().resolve(part);
    }

    private Path contents() {
        return folder().resolve("contents");
    }
}
