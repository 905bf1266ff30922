package io.holdfast.tcc.sql.testdatabase;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Where one server lives. It belongs to the Maven process that runs the tests and lives as long as that: when a test JVM ends,
 * the next one takes the server over. At any time a JVM has its server to itself, so that what a server counts are the
 * statements and deadlocks of that JVM alone; modules that are built side by side have one each. A JVM that no Maven has started
 * owns its server itself.
 */
final class Place {

    private static final int MOST = 100;

    private final Path folder;
    private final ProcessHandle owner;
    /** Held until this JVM ends, however it ends; nothing has to be given back. */
    private final FileLock lock;

    private Place(Path folder, ProcessHandle owner, FileLock lock) {
        this.folder = folder;
        this.owner = owner;
        this.lock = lock;
    }

    /**
     * The first that no other JVM has, either empty or with a server that answers.
     *
     * @param answers whether a server of ours answers at a port
     */
    static Place take(String database, IntPredicate answers) throws IOException {
        ProcessHandle owner = ownerOfNewServers();
        for (int number = 1; number <= MOST; number++) {
            Path folder = Workspace.root().resolve("%s-of-%d-%d".formatted(database, owner.pid(), number));
            Files.createDirectories(folder);
            @SuppressWarnings("resource") // its lock is to last as long as the JVM
            FileChannel file =
                    FileChannel.open(folder.resolve("taken"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = file.tryLock();
            if (lock != null) {
                Place place = new Place(folder, owner, lock);
                if (place.isEmpty() || place.port().filter(answers::test).isPresent()) {
                    return place;
                }
                // A JVM was killed while it started a server here, or the server was.
            }
            file.close();
        }
        throw new IllegalStateException("All of " + MOST + " places for " + database + " are taken");
    }

    private static ProcessHandle ownerOfNewServers() {
        ProcessHandle thisJvm = ProcessHandle.current();
        if (!Workspace.isShared()) {
            return thisJvm;
        }
        // Surefire starts a test JVM by way of a shell.
        Optional<ProcessHandle> maven = thisJvm.parent();
        while (maven.isPresent() && !isJava(maven.get())) {
            maven = maven.get().parent();
        }
        return maven.orElse(thisJvm);
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().map(Path::of).map(Path::getFileName).stream()
                .anyMatch(name -> name.toString().equals("java"));
    }

    Path folder() {
        return folder;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("server.log");
    }

    long owner() {
        return owner.pid();
    }

    private boolean isEmpty() {
        return Files.notExists(data());
    }

    /** Where the server listens; empty if there is none yet that is ready. */
    Optional<Integer> port() throws IOException {
        return Files.exists(portFile())
                ? Optional.of(Integer.parseInt(Files.readString(portFile())))
                : Optional.empty();
    }

    /** Lets the next JVM find the server. */
    void isReady(int port) throws IOException {
        Path incomplete = Files.writeString(folder.resolve("port.incomplete"), Integer.toString(port));
        Files.move(incomplete, portFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path portFile() {
        return folder.resolve("port");
    }
}
