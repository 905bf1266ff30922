package io.holdfast.localplatform.runfolder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** The one folder that everything of a platform is written to. Only its owner may look into it: it holds secrets and data. */
public record RunFolder(Path root) {

    public RunFolder {
        root = root.toAbsolutePath().normalize();
    }

    public RunFolder create() {
        try {
            Files.createDirectories(root, ownerOnly("rwx------"));
            for (Path folder : List.of(data(), logs(), home())) {
                Files.createDirectories(folder);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the run folder " + root, e);
        }
    }

    public Path data() {
        return root.resolve("data");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    /** A part's own folder for temporary files, so that nothing is left in the machine's. Emptied before each start. */
    public Path tmp(String part) {
        return root.resolve("tmp").resolve(part);
    }

    /** For user.home: the clients of Nacos and Seata write snapshots and logs there. */
    public Path home() {
        return root.resolve("home");
    }

    /** Unpacked and copied programs; no data. */
    public Path programs() {
        return root.resolve("programs");
    }

    /** Class archives, and what makes them; no data. */
    public Path archives() {
        return programs().resolve("archives");
    }

    public Path secrets() {
        return root.resolve("secrets");
    }

    /** Key pairs that sign tokens. */
    public Path keys() {
        return root.resolve("keys");
    }

    public Path stackFile() {
        return root.resolve("stack.json");
    }

    public Path lock() {
        return root.resolve("lock");
    }

    /** Deletes data and secrets. Only what this launcher made, by name: the folder may be one that a person chose. */
    public void erase() {
        try {
            for (Path path : List.of(data(), root.resolve("tmp"), home(), secrets(), keys(), stackFile())) {
                deleteTree(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the data in " + root, e);
        }
    }

    public static void deleteTree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Writes a file in one step, readable by its owner only: a reader sees the old text or the new one, never a half. */
    public static void writePrivately(Path file, String text) throws IOException {
        Path draft =
                Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new", ownerOnly("rw-------"));
        try {
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> ownerOnly(String rights) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights));
    }
}
