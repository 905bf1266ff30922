package io.holdfast.tcc.sql.testdatabase;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Where binaries and data of the test databases lie: under {@code target/} of the whole project if Maven runs the tests, else under
 * that of the module.
 */
final class Workspace {

    /** Set by the project's pom.xml: one place for all modules. */
    private static final String SHARED = "holdfast.test.databases";

    private static final Path ROOT =
            Path.of(isShared() ? System.getProperty(SHARED) : ofTheModule()).toAbsolutePath();

    private Workspace() {}

    private static String ofTheModule() {
        return System.getProperty("basedir", System.getProperty("user.dir")) + "/target/test-databases";
    }

    static Path root() {
        return ROOT;
    }

    static boolean isShared() {
        return System.getProperty(SHARED) != null;
    }

    /** A directory for this JVM alone; another run in the same checkout has another. */
    static Path runDirectory(String database) {
        return ROOT.resolve(database + "-run-" + ProcessHandle.current().pid());
    }

    /** Where the binaries of one version are unpacked; they stay for the next run. */
    static Path binaryDirectory(String nameAndVersion) {
        return ROOT.resolve(nameAndVersion);
    }

    /**
     * Unpacks an archive, unless an earlier run has. A run that was interrupted leaves nothing that looks complete.
     *
     * @param place maps the name of an entry to its place in the directory; null leaves the entry out
     */
    static Path unpack(Path archive, String nameAndVersion, UnaryOperator<String> place) {
        Path target = binaryDirectory(nameAndVersion);
        if (Files.isDirectory(target)) {
            return target;
        }
        Path incomplete = ROOT.resolve(
                nameAndVersion + ".incomplete-" + ProcessHandle.current().pid());
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.isDirectory() ? null : place.apply(entry.getName());
                if (name != null) {
                    unpackEntry(zip, entry, incomplete.resolve(name));
                }
            }
            moveIntoPlace(incomplete, target);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("Unpacking " + archive + " failed", e);
        }
    }

    private static void unpackEntry(ZipFile zip, ZipEntry entry, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, file);
        }
        // Which ones are programs is not told by every archive; it does no harm to a text file.
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("Not allowed to make " + file + " executable");
        }
    }

    private static void moveIntoPlace(Path incomplete, Path target) throws IOException {
        try {
            Files.move(incomplete, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            // Another JVM was faster.
            delete(incomplete);
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
