package io.holdfast.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Time of all processors of the machine, whoever used it. What interrupts take is nobody's here: it is mostly the platform's own network
 * traffic, and some kernels add it to the processes' time, others do not.
 *
 * @param busy seconds that any process took, or that another guest of the same host took from this one
 * @param all seconds, idle ones and those of interrupts included
 */
record MachineCpuTime(double busy, double all) {

    /** As in {@link ProcessCpuTime}. */
    private static final double TICKS_PER_SECOND = 100;

    /** In proc(5): user, nice, system, idle, iowait, irq, softirq, steal. What follows is part of user and nice already. */
    private static final int FIELDS = 8;

    private static final int[] BUSY = {0, 1, 2, 7};

    /** Since the machine was started. */
    static MachineCpuTime now() {
        try {
            return in(Files.readAllLines(Path.of("/proc/stat")).get(0));
        } catch (IOException e) {
            throw new UncheckedIOException("the time of the processors cannot be read", e);
        }
    }

    /** @param line the first one of /proc/stat, which sums up all processors */
    static MachineCpuTime in(String line) {
        String[] fields = line.split(" +");
        double[] seconds = IntStream.rangeClosed(1, FIELDS)
                .mapToDouble(field -> Long.parseLong(fields[field]) / TICKS_PER_SECOND)
                .toArray();
        return new MachineCpuTime(
                IntStream.of(BUSY).mapToDouble(field -> seconds[field]).sum(),
                IntStream.range(0, FIELDS).mapToDouble(field -> seconds[field]).sum());
    }

    MachineCpuTime since(MachineCpuTime earlier) {
        return new MachineCpuTime(busy - earlier.busy, all - earlier.all);
    }

    /**
     * How much of the processors was not used by whom we know.
     *
     * @param known seconds
     * @return from 0 to 1
     */
    double shareOfOthers(double known) {
        return all <= 0 ? 0 : Math.max(0, busy - known) / all;
    }
}
