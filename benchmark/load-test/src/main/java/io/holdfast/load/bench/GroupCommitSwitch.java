package io.holdfast.load.bench;

import io.holdfast.load.platform.Platform;
import io.holdfast.localplatform.part.Nacos;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Turns group commit on and off by its live setting in Nacos, and puts the former settings back. They are kept in a file until then,
 * so that even a run that was killed is undone, by the next one.
 */
final class GroupCommitSwitch implements AutoCloseable {

    private static final String SETTINGS = "order-svc.yaml";
    private static final String GROUP = "DEFAULT_GROUP";
    private static final String SWITCH = "enabled:";
    private static final Duration OBEYED_WITHIN = Duration.ofSeconds(30);
    private static final int RESTORE_TRIES = 3;

    /** Tells whether the next order would be grouped, by placing one. */
    interface Probe {
        boolean isGrouped() throws IOException;
    }

    private final Nacos nacos;
    private final Probe probe;
    private final Path kept;
    private final PrintStream out;
    private final String former;
    private final Thread hook = new Thread(this::restore, "restore the settings");
    private boolean restored;

    private GroupCommitSwitch(Nacos nacos, Probe probe, Path kept, PrintStream out, String former) {
        this.nacos = nacos;
        this.probe = probe;
        this.kept = kept;
        this.out = out;
        this.former = former;
    }

    static GroupCommitSwitch on(Platform platform, Probe probe, PrintStream out)
            throws IOException, InterruptedException {
        Path kept = platform.stack().runFolder().resolve("data").resolve(SETTINGS + ".before-the-bench");
        Nacos nacos = platform.stack().nacos();
        String former;
        if (Files.exists(kept)) {
            former = Files.readString(kept);
            out.println("note: an earlier bench was killed; the settings from before it will be restored");
        } else {
            former = nacos.setting(SETTINGS, GROUP)
                    .orElseThrow(() -> new IllegalStateException("Nacos has no " + SETTINGS));
            Files.writeString(kept, former);
        }
        GroupCommitSwitch made = new GroupCommitSwitch(nacos, probe, kept, out, former);
        // Ctrl-C, a closed terminal or a SIGTERM: the settings are restored all the same.
        Runtime.getRuntime().addShutdownHook(made.hook);
        return made;
    }

    /** Returns once order-svc obeys. */
    void set(Grouping grouping) throws IOException, InterruptedException {
        if (grouping == Grouping.EITHER) {
            return;
        }
        boolean wanted = grouping == Grouping.ON;
        publish(with(former, wanted));
        Instant end = Instant.now().plus(OBEYED_WITHIN);
        while (probe.isGrouped() != wanted) {
            if (Instant.now().isAfter(end)) {
                throw new IOException(
                        "order-svc does not obey the changed settings after " + OBEYED_WITHIN.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** The settings with the switch as wanted, and everything else, comments too, as it was. */
    static String with(String settings, boolean enabled) {
        List<String> lines = new ArrayList<>(settings.lines().toList());
        for (int i = firstOf(lines, "grouping:") + 1; i > 0 && i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.strip().startsWith(SWITCH)) {
                lines.set(i, line.substring(0, line.indexOf(SWITCH)) + SWITCH + " " + enabled);
                return String.join("\n", lines) + "\n";
            }
            if (!line.isBlank() && !line.strip().startsWith("#")) {
                break;
            }
        }
        throw new IllegalStateException(
                SETTINGS + " in Nacos does not have holdfast.order.grouping begin with enabled");
    }

    /** The index of the line; -1 if there is none. */
    private static int firstOf(List<String> lines, String key) {
        return IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).strip().equals(key))
                .findFirst()
                .orElse(-1);
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then it runs, and finds everything restored.
        }
    }

    private synchronized void restore() {
        for (int i = 0; i < RESTORE_TRIES && !restored; i++) {
            try {
                publish(former);
                Files.deleteIfExists(kept);
                restored = true;
            } catch (IOException e) {
                out.println("the former settings are not in force yet: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (!restored) {
            out.println("NOT UNDONE  save " + kept + " as " + SETTINGS + " in the Nacos console, or run this again");
        }
    }

    private void publish(String settings) throws IOException, InterruptedException {
        nacos.publish(SETTINGS, GROUP, "yaml", settings);
    }

    /** Places an order and looks whether it was counted in a group. */
    static Probe probing(BenchmarkContext context, String sku, ServiceMetrics metrics) {
        Work order = OrdersOverHttp.of(context, List.of(sku));
        return () -> {
            double before = metrics.groups().groups();
            order.attempt(0, 1, 0);
            return metrics.groups().groups() > before;
        };
    }
}
