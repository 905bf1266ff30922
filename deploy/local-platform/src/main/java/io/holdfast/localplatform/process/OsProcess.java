package io.holdfast.localplatform.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A process of this machine, known by more than its number. Numbers are used again, above all after a restart of the machine; the boot id
 * and the tick at which the kernel started the process are not. (A wall-clock start time would move with the clock.)
 *
 * @param pid its number
 * @param identity boot id and start tick, as {@code <boot id>/<ticks>}
 */
public record OsProcess(long pid, String identity) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Duration POLL = Duration.ofMillis(50);
    /** What a process may take to vanish after SIGKILL: longer only if it hangs in the kernel. */
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    /** The living process of that number, if there is one. */
    public static Optional<OsProcess> of(long pid) {
        return readStat(pid).filter(Stat::isAlive).map(stat -> new OsProcess(pid, bootId() + "/" + stat.startTicks()));
    }

    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Resident memory in bytes; empty if the process is gone. */
    public OptionalLong residentBytes() {
        if (!isAlive()) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(proc(pid, "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
        } catch (IOException goneMeanwhile) {
            return OptionalLong.empty();
        }
    }

    /** Its program and arguments, with blanks between them; empty if the process is gone. */
    public String commandLine() {
        try {
            return isAlive() ? Files.readString(proc(pid, "cmdline")).replace('\0', ' ') : "";
        } catch (IOException goneMeanwhile) {
            return "";
        }
    }

    /**
     * Asks the process to end, and after the grace period makes it end. Returns when it is gone.
     *
     * @return false if it did not go even then
     */
    public boolean terminate(Duration grace) throws InterruptedException {
        askToEnd();
        return awaitGone(grace) || kill();
    }

    /** SIGTERM; returns at once. */
    public void askToEnd() throws InterruptedException {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
            // A stopped process gets the signal only once it goes on.
            signal("CONT");
        }
    }

    /** SIGKILL; returns when the process is gone. @return false if it did not go */
    public boolean kill() throws InterruptedException {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        return awaitGone(KILL_LIMIT);
    }

    /** @param name of the signal without SIG, say {@code STOP}; @return false if the process is gone */
    public boolean signal(String name) throws InterruptedException {
        return signal(name, Long.toString(pid));
    }

    /** Signals the process and all that it started, if it leads a group of processes; @return false if the process is gone */
    public boolean signalGroup(String name) throws InterruptedException {
        return signal(name, "-- -" + pid);
    }

    private boolean signal(String name, String target) throws InterruptedException {
        if (!isAlive()) {
            return false;
        }
        try {
            // The shell's own kill: a program of that name is not everywhere.
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + target)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return kill.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + name + " to process " + pid, e);
        }
    }

    private boolean awaitGone(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (isAlive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        return true;
    }

    private static Optional<Stat> readStat(long pid) {
        try {
            return Optional.of(Stat.parse(Files.readString(proc(pid, "stat"))));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException goneWhileReading) {
            return Optional.empty();
        }
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("this launcher needs Linux: " + BOOT_ID + " cannot be read", e);
        }
    }

    private static Path proc(long pid, String file) {
        return Path.of("/proc", Long.toString(pid), file);
    }

    /** The fields of /proc/PID/stat that matter here. */
    record Stat(char state, int threads, long startTicks) {

        static Stat parse(String line) {
            // The second field is the program's name in brackets and may hold anything, blanks and brackets too.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return new Stat(fields[0].charAt(0), Integer.parseInt(fields[17]), Long.parseLong(fields[19]));
        }

        /**
         * A zombie is dead: in a container nobody may ever collect it. But a process shows as a zombie as soon as its first thread has ended,
         * and holds its ports until the last one has.
         */
        public boolean isAlive() {
            return state != 'X' && (state != 'Z' || threads > 1);
        }
    }
}
