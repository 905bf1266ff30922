package io.holdfast.systemtest.platform;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * What the tests do to processes and what they wait for, a line each of a file that the report of {@code verify} sums up: the test
 * class, the event (start, stop, kill, freeze or wait), the part or what is waited for, how many milliseconds it took, and whether a
 * start used an archive.
 */
final class ProcessEvents {

    private static final String HEADER = "testClass,event,part,millis,archive";
    private static final String UNKNOWN = "-";

    private final Path file;
    private volatile String testClass = UNKNOWN;

    private ProcessEvents(Path file) {
        this.file = file;
    }

    /** In place of what another run has written. */
    static ProcessEvents in(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, List.of(HEADER));
            return new ProcessEvents(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class whose events come from now on. */
    void of(String name) {
        testClass = name;
    }

    interface Doing {
        void run() throws InterruptedException;
    }

    /** Does it, and notes how long it took. What fails is not noted: the test fails too. */
    void timed(String event, String part, Doing doing) {
        note(event, part, timed(doing));
    }

    void start(Part part, Doing doing) {
        started(part, timed(doing));
    }

    /** Starts what does not run. Each of these starts is noted with the time that all of them took together. */
    void startMissing(Stack stack) {
        List<Part> missing =
                stack.parts().stream().filter(part -> !part.isRunning()).toList();
        Duration took = timed(() -> stack.start(missing));
        missing.forEach(part -> started(part, took));
    }

    private static Duration timed(Doing doing) {
        long from = System.nanoTime();
        try {
            doing.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return Duration.ofNanos(System.nanoTime() - from);
    }

    void waited(String what, Runnable wait) {
        timed("wait", what, wait::run);
    }

    private void started(Part part, Duration took) {
        write("start", part.name(), took, part.usesArchive() ? "yes" : "no");
    }

    private void note(String event, String part, Duration took) {
        write(event, part, took, UNKNOWN);
    }

    private synchronized void write(String event, String part, Duration took, String archive) {
        String line = String.join(",", testClass, event, part, Long.toString(took.toMillis()), archive);
        try {
            Files.write(file, List.of(line), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
