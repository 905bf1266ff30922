package io.holdfast.localplatform.demo;

import io.holdfast.localplatform.part.NacosApi;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a demonstration does to a running platform, and its undoing: a short policy for captures, and a card gateway that does not
 * answer. The former settings are kept in a file until they are back in force, so that even a demonstration that was killed is
 * undone, by the next one.
 */
public final class DemoFaults {

    private static final int TRIES = 3;

    private final NacosApi nacos;
    private final Calls calls;
    private final String behaviour;
    private final Path kept;
    private final FileChannel lock;
    private final PrintStream out;
    private String former;
    private boolean gatewayIsTold;
    private boolean closed;

    private DemoFaults(Stack stack, Calls calls, PrintStream out, FileChannel lock, Path kept) {
        this.nacos = stack.nacos().api();
        this.calls = calls;
        this.behaviour = stack.gateway().url() + "/behaviour";
        this.kept = kept;
        this.lock = lock;
        this.out = out;
    }

    /** @throws IllegalStateException if another demonstration is running */
    static DemoFaults at(Stack stack, Calls calls, PrintStream out) throws IOException, InterruptedException {
        Path data = new RunFolder(stack.runFolder()).data();
        FileChannel lock = FileChannel.open(
                data.resolve("demo-confirm-failure.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        DemoFaults faults =
                new DemoFaults(stack, calls, out, lock, data.resolve(CardPolicy.SETTINGS + ".before-the-demo"));
        try {
            if (lock.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            faults.undoWhatAKilledOneLeft();
            return faults;
        } catch (OverlappingFileLockException taken) {
            lock.close();
            throw new IllegalStateException("deploy/demo-confirm-failure is running already on this platform", taken);
        } catch (IOException | InterruptedException e) {
            lock.close();
            throw e;
        }
    }

    private void undoWhatAKilledOneLeft() throws IOException, InterruptedException {
        calls.delete(behaviour);
        if (Files.exists(kept)) {
            former = Files.readString(kept);
            restore();
            out.println("note: an earlier demo was killed; the settings from before it are in force again");
        }
    }

    /** From the next attempt on, captures are attempted so. */
    synchronized void hurry(CardPolicy policy) throws IOException, InterruptedException {
        requireOpen();
        String settings = nacos.setting(CardPolicy.SETTINGS, CardPolicy.GROUP)
                .orElseThrow(() -> new IllegalStateException("Nacos has no " + CardPolicy.SETTINGS));
        String hurried = policy.in(settings);
        RunFolder.writePrivately(kept, settings);
        former = settings;
        publish(hurried);
    }

    /** The gateway authorizes; at everything else it hangs up, without effect and without an answer. */
    synchronized void breakGateway() throws IOException, InterruptedException {
        requireOpen();
        gatewayIsTold = true;
        List<Map<String, Object>> rules = Stream.of("CAPTURE", "VOID", "REFUND", "QUERY")
                .map(call -> Map.<String, Object>of("operation", call, "kind", "UNREACHABLE", "rate", 1))
                .toList();
        calls.put(behaviour, Map.of("rules", rules));
    }

    synchronized void healGateway() throws IOException, InterruptedException {
        if (gatewayIsTold) {
            calls.delete(behaviour);
            gatewayIsTold = false;
        }
    }

    synchronized void restore() throws IOException, InterruptedException {
        if (former != null) {
            publish(former);
            former = null;
            Files.deleteIfExists(kept);
        }
    }

    /** From any thread, also in the middle of everything. Afterwards nothing can be done any more. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        persistently("the card gateway still misbehaves; DELETE " + behaviour + " heals it", this::healGateway);
        persistently(
                "the former settings are not in force again; save " + kept + " as " + CardPolicy.SETTINGS
                        + " in the Nacos console, or run this again",
                this::restore);
        try {
            lock.close();
        } catch (IOException e) {
            out.println("note: " + e.getMessage());
        }
    }

    private interface Undoing {
        void run() throws IOException, InterruptedException;
    }

    private void persistently(String otherwise, Undoing undoing) {
        IOException last = null;
        for (int i = 0; i < TRIES; i++) {
            try {
                undoing.run();
                return;
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        out.println("NOT UNDONE  " + otherwise + (last == null ? "" : " (" + last.getMessage() + ")"));
    }

    private void publish(String settings) throws IOException, InterruptedException {
        nacos.publish(CardPolicy.SETTINGS, CardPolicy.GROUP, "yaml", settings);
    }

    private void requireOpen() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("the demonstration was stopped");
        }
    }
}
