package io.holdfast.localplatform.part;

import io.holdfast.localplatform.process.OsProcess;
import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.program.ClassArchive;
import io.holdfast.localplatform.runfolder.PlatformContext;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.StackFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One program of the platform as a process of its own. It outlives the JVM that started it: what runs is read from {@code stack.json}, so any
 * launcher on the same run folder can see and stop it.
 *
 * <p>All methods are bounded in time. They throw {@link PartFailed} if the part does not do as it is told.
 */
public abstract class Part {

    /** Whether a part works, as far as can be seen from outside. */
    public enum State {
        /** Not started, or stopped on purpose. */
        STOPPED,
        /** It was started and its process is gone. */
        DIED,
        /** The process is there and does not do its work (yet). */
        NOT_ANSWERING,
        READY
    }

    private static final Duration POLL = Duration.ofMillis(200);
    /** The kernel may need a moment to close the ports of a process that was killed. */
    private static final Duration PORT_LIMIT = Duration.ofSeconds(2);

    private static final long LOG_LIMIT_BYTES = 32L * 1024 * 1024;
    /** The few variables of the caller that a part gets. Anything else, say SERVER_PORT or SPRING_PROFILES_ACTIVE, would steer it unseen. */
    private static final List<String> INHERITED = List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ");

    final PlatformContext at;
    private final String name;

    Part(String name, PlatformContext at) {
        this.name = name;
        this.at = at;
    }

    public final String name() {
        return name;
    }

    /** Where it answers; for the database a {@code host:port}. */
    public abstract String url();

    public abstract String version();

    public final Path log() {
        return at.folder().log(name);
    }

    /** The process id; empty if the part does not run. */
    public final OptionalLong pid() {
        return process().map(OsProcess::pid).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Resident memory in bytes; empty if the part does not run. */
    public final OptionalLong residentBytes() {
        return process().map(OsProcess::residentBytes).orElse(OptionalLong.empty());
    }

    /** Whether the process that runs was made quicker to start by an archive of its classes. */
    public final boolean usesArchive() {
        return process()
                .flatMap(process -> ClassArchive.mappedBy(process, at.folder().archives()))
                .isPresent();
    }

    /** When it was started; empty if it does not run. */
    public final Optional<Instant> runningSince() {
        return at.stackFile()
                .entry(name)
                .filter(entry -> entry.process().isAlive())
                .map(StackFile.Entry::startedAt);
    }

    public final boolean isRunning() {
        return process().isPresent();
    }

    /** Looks once, without waiting for anything but a time-out of a few seconds. */
    public final State state() throws InterruptedException {
        Optional<StackFile.Entry> entry = at.stackFile().entry(name);
        if (entry.isEmpty()) {
            return State.STOPPED;
        }
        if (!entry.get().process().isAlive()) {
            return State.DIED;
        }
        return missing().isEmpty() ? State.READY : State.NOT_ANSWERING;
    }

    /** Starts the part and returns when it does its work. The parts that it needs must run. */
    public final void start() throws InterruptedException {
        start(Map.of());
    }

    /**
     * Starts the part and returns when it does its work. If it does not come to that, it is not left running.
     *
     * @param extraEnvironment added to the variables that the part gets anyway; it is not kept for the next start
     */
    public final void start(Map<String, String> extraEnvironment) throws InterruptedException {
        if (isRunning()) {
            throw PartFailed.before(name, "is running already");
        }
        requireFreePorts();
        prepareOrFail();
        long logFrom = openLog();
        OsProcess process = at.launches().launch(name, () -> launch(extraEnvironment));
        boolean ready = false;
        try {
            awaitReady(process, logFrom);
            whenReady();
            ready = true;
        } finally {
            if (!ready) {
                process.kill();
                at.stackFile().remove(name);
            }
        }
    }

    /** Waits for a part that runs already, say one that was just resumed, to do its work. */
    public final void awaitReady() throws InterruptedException {
        OsProcess process = process().orElseThrow(() -> PartFailed.before(name, "does not run"));
        awaitReady(process, sizeOf(log()));
    }

    /** Stops the part in good order (SIGTERM), or by force once its grace period is over. Does nothing if it does not run. */
    public final void stop() throws InterruptedException {
        Optional<OsProcess> process = process();
        if (process.isPresent() && !process.get().terminate(stopGrace())) {
            throw PartFailed.logged(
                    name, "does not stop (process " + process.get().pid() + ")", log(), sizeOf(log()));
        }
        at.stackFile().remove(name);
    }

    /** {@code kill -9}: the process gets no chance to do anything more. Returns when it is gone. */
    public final void kill() throws InterruptedException {
        OsProcess process = process().orElseThrow(() -> PartFailed.before(name, "does not run"));
        if (!process.kill()) {
            throw PartFailed.before(name, "process " + process.pid() + " is still there after SIGKILL");
        }
    }

    /** SIGSTOP: the process keeps its memory, connections and ports and does nothing. */
    public final void pause() throws InterruptedException {
        signal("STOP");
    }

    /** SIGCONT: undoes {@link #pause()}. */
    public final void resume() throws InterruptedException {
        signal("CONT");
    }

    /** Every port it will listen on. */
    public abstract List<Ports.Port> ports();

    /** Brings files into place; runs before each start and must bear being run again. */
    abstract void prepare() throws IOException, InterruptedException;

    abstract List<String> command();

    /** What its next start is made quicker with; empty if it is no Java program, or if that would not pay. */
    public Optional<ClassArchive> archive() {
        return Optional.empty();
    }

    /** What the command must not show to other users of the machine (passwords), and all that programs read from their environment. */
    abstract Map<String, String> environment();

    final Path tmp() {
        return at.folder().tmp(name);
    }

    /** The folder that the process starts in. */
    Path workingDirectory() {
        return tmp();
    }

    /** What is still missing until the part does its work, in words; empty if nothing is. Looks once. */
    abstract Optional<String> missing() throws InterruptedException;

    /** Runs each time the part has become ready. */
    void whenReady() throws InterruptedException {}

    Duration startLimit() {
        return Duration.ofSeconds(300);
    }

    Duration stopGrace() {
        return Duration.ofSeconds(15);
    }

    final void requireFreePorts() throws InterruptedException {
        for (Ports.Port port : ports()) {
            if (!port.isFreeWithin(PORT_LIMIT)) {
                throw PartFailed.before(
                        name,
                        "needs port " + port.number() + ", which another process listens on"
                                + " (stop that one, or choose other ports with --port-offset)");
            }
        }
    }

    final Optional<OsProcess> process() {
        return at.stackFile().entry(name).map(StackFile.Entry::process).filter(OsProcess::isAlive);
    }

    private void prepareOrFail() throws InterruptedException {
        try {
            RunFolder.deleteTree(tmp());
            Files.createDirectories(tmp());
            prepare();
        } catch (IOException | UncheckedIOException e) {
            throw PartFailed.before(name, "cannot be prepared: " + e.getMessage(), e);
        }
    }

    private OsProcess launch(Map<String, String> extraEnvironment) {
        List<String> command = new ArrayList<>();
        // A session of its own: neither Ctrl-C in nor the closing of the terminal reaches the part.
        at.setsid().ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDirectory().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        Map<String, String> inherited = new TreeMap<>(builder.environment());
        inherited.keySet().retainAll(INHERITED);
        builder.environment().clear();
        builder.environment().putAll(inherited);
        builder.environment().putAll(environment());
        builder.environment().putAll(extraEnvironment);
        try {
            Process started = builder.start();
            OsProcess process = OsProcess.of(started.pid())
                    .orElseThrow(() -> PartFailed.logged(name, "died at once", log(), sizeOf(log())));
            at.stackFile()
                    .put(new StackFile.Entry(
                            name,
                            url(),
                            process.pid(),
                            log().toString(),
                            Instant.now(),
                            version(),
                            at.ports().offset(),
                            process.identity()));
            return process;
        } catch (IOException e) {
            throw PartFailed.before(name, "cannot be started: " + e.getMessage(), e);
        }
    }

    private void awaitReady(OsProcess process, long logFrom) throws InterruptedException {
        long from = System.nanoTime();
        long deadline = from + startLimit().toNanos();
        while (true) {
            if (!process.isAlive()) {
                String after = "died after %.1f s".formatted((System.nanoTime() - from) / 1e9);
                throw PartFailed.logged(name, after, log(), logFrom);
            }
            Optional<String> missing = missing();
            if (missing.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                String late = "is not ready after " + startLimit().toSeconds() + " s: " + missing.get();
                throw PartFailed.logged(name, late, log(), logFrom);
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
    }

    private void signal(String signal) throws InterruptedException {
        if (!process()
                .orElseThrow(() -> PartFailed.before(name, "does not run"))
                .signal(signal)) {
            throw PartFailed.before(name, "could not be sent SIG" + signal);
        }
    }

    /** Puts a log that has grown too long aside, keeping one old one. @return where this run's lines will begin */
    private long openLog() {
        try {
            if (sizeOf(log()) > LOG_LIMIT_BYTES) {
                Files.move(log(), log().resolveSibling(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            return sizeOf(log());
        } catch (IOException e) {
            throw PartFailed.before(name, "cannot write its log: " + e.getMessage(), e);
        }
    }

    private static long sizeOf(Path file) {
        return file.toFile().length();
    }
}
