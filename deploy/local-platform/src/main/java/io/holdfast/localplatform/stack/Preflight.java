package io.holdfast.localplatform.stack;

import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.program.UnpackedJar;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Looks, before anything is started, whether the machine has what that will need: memory, disk and ports. Only parts that do not run
 * yet count.
 */
public final class Preflight {

    /**
     * What a part needs at least.
     *
     * @param memoryMebibytes resident when it has just become ready, on an idle machine: with less than that something is swapped out or
     *     killed for certain, so this is no advice but a bound
     * @param diskMebibytes of its programs and data, as its first start leaves them
     */
    private record Need(int memoryMebibytes, int diskMebibytes) {}

    /**
     * Measured on x86-64: memory (VmRSS) with the JDKs 17 and 25, of which these are 7 to 25 % less than the lesser one, so that nobody
     * is refused who could run it; disk (du) a little rounded up. Nacos sets most of its disk apart for the log of its embedded store.
     */
    private static final Map<String, Need> NEEDS = Map.of(
            "mariadb", new Need(180, 500),
            "nacos", new Need(500, 730),
            "redis", new Need(8, 12),
            "coordinator", new Need(250, 5),
            "kafka", new Need(200, 5),
            "gateway-sandbox", new Need(220, 50),
            "stock-svc", new Need(300, 160),
            "payment-svc", new Need(300, 160),
            "order-svc", new Need(300, 165));

    /** For what is started beside these parts by a test or a benchmark. */
    private static final Need OF_OTHERS = new Need(200, 0);

    /** To work with, for all parts that run in a folder: logs grow to 32 MiB each before they are put aside, and data grows. */
    private static final int DISK_TO_WORK_MEBIBYTES = 256;

    /** The kernel may need a moment to close the ports of processes that were killed. */
    private static final Duration PORTS_LIMIT = Duration.ofSeconds(2);

    private static final long MEBIBYTE = 1L << 20;

    /** What the machine has to give. */
    interface Machine {

        FreeMemory memory();

        /** Bytes that this user may still write where the folder is. */
        long usableDisk(Path folder) throws IOException;

        /** This one. */
        static Machine here() {
            return new Machine() {
                @Override
                public FreeMemory memory() {
                    return FreeMemory.now();
                }

                @Override
                public long usableDisk(Path folder) throws IOException {
                    return Files.getFileStore(folder).getUsableSpace();
                }
            };
        }
    }

    /** Something is short, and nothing was started. */
    public static final class Failed extends IllegalStateException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient List<String> shortages;

        Failed(List<String> shortages) {
            super(String.join("; ", shortages));
            this.shortages = List.copyOf(shortages);
        }

        /** One line each. */
        public List<String> shortages() {
            return shortages == null ? List.of() : shortages;
        }
    }

    private final RunFolder folder;
    private final Machine machine;

    Preflight(RunFolder folder, Machine machine) {
        this.folder = folder;
        this.machine = machine;
    }

    /**
     * @param missing the parts that are about to be started
     * @throws Failed if there is not enough of something; it names all that is short
     */
    void require(List<Part> missing) throws InterruptedException {
        if (missing.isEmpty()) {
            return;
        }
        List<String> shortages = new ArrayList<>();
        memoryShortage(missing).ifPresent(shortages::add);
        diskShortage(missing).ifPresent(shortages::add);
        busyPorts(missing).ifPresent(shortages::add);
        if (!shortages.isEmpty()) {
            throw new Failed(shortages);
        }
    }

    private Optional<String> memoryShortage(List<Part> missing) {
        long needed = MEBIBYTE
                * missing.stream()
                        .mapToLong(part -> need(part).memoryMebibytes())
                        .sum();
        FreeMemory free = machine.memory();
        if (free.bytes() >= needed) {
            return Optional.empty();
        }
        return Optional.of("too little memory: what is to be started takes at least " + gibibytes(needed) + ", and "
                + gibibytes(free.bytes()) + " are free"
                + (free.limited()
                        ? " within the limit that is set here (cgroup): raise it, or end what else runs below it"
                        : ": end other programs, or take a machine with more"));
    }

    private Optional<String> diskShortage(List<Part> missing) {
        long needed = MEBIBYTE
                * (DISK_TO_WORK_MEBIBYTES
                        + missing.stream()
                                .filter(this::isNew)
                                .mapToLong(part -> need(part).diskMebibytes())
                                .sum());
        try {
            long usable = machine.usableDisk(folder.root());
            return usable >= needed
                    ? Optional.empty()
                    : Optional.of("too little disk: what is to be started writes up to " + gibibytes(needed)
                            + ", and " + gibibytes(usable) + " are free in " + folder.root()
                            + ": make room, or choose another folder with --run-dir");
        } catch (IOException e) {
            return Optional.of("it cannot be told how much disk is free in " + folder.root() + ": " + e.getMessage());
        }
    }

    /** All of them in one line: who frees one and tries again would only meet the next. */
    private static Optional<String> busyPorts(List<Part> missing) throws InterruptedException {
        long deadline = System.nanoTime() + PORTS_LIMIT.toNanos();
        List<String> busy = new ArrayList<>();
        for (Part part : missing) {
            for (Ports.Port port : part.ports()) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!port.isFreeWithin(left)) {
                    busy.add(port.number() + " (" + part.name() + ")");
                }
            }
        }
        return busy.isEmpty()
                ? Optional.empty()
                : Optional.of("busy ports: other processes listen on "
                        + busy.stream().collect(Collectors.joining(", "))
                        + ": stop those, or choose other ports with --port-offset");
    }

    /** What was started here before has its data or its unpacked program already. */
    private boolean isNew(Part part) {
        return !Files.exists(folder.data().resolve(part.name())) && !UnpackedJar.isAnyUnpacked(folder, part.name());
    }

    private static Need need(Part part) {
        return NEEDS.getOrDefault(part.name(), OF_OTHERS);
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
