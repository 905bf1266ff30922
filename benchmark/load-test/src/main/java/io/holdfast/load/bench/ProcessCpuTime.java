package io.holdfast.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Time of processors, user's and system's together.
 *
 * @param seconds of each process, by its name
 * @param ofCompilers seconds in all of these that the just-in-time compilers took
 */
record ProcessCpuTime(Map<String, Double> seconds, double ofCompilers) {

    /** The kernel tells CPU time in this unit on every Linux on x86-64. */
    private static final double TICKS_PER_SECOND = 100;

    ProcessCpuTime {
        seconds = Map.copyOf(seconds);
    }

    /**
     * What processes have used since they were started.
     *
     * @param pids by the name of the process
     * @throws UncheckedIOException if one of them has ended
     */
    static ProcessCpuTime of(Map<String, Long> pids) {
        Map<String, Double> seconds = new TreeMap<>();
        double compilers = 0;
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            Path folder = Path.of("/proc", process.getValue().toString());
            try {
                seconds.put(process.getKey(), secondsIn(Files.readString(folder.resolve("stat"))));
                compilers += ofCompilersIn(folder.resolve("task"));
            } catch (IOException e) {
                throw new UncheckedIOException(process.getKey() + " is gone", e);
            }
        }
        return new ProcessCpuTime(seconds, compilers);
    }

    private static double ofCompilersIn(Path tasks) throws IOException {
        double seconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                try {
                    String stat = Files.readString(thread.resolve("stat"));
                    seconds += isCompiler(stat) ? secondsIn(stat) : 0;
                } catch (IOException e) {
                    // The thread has ended meanwhile.
                }
            }
        }
        return seconds;
    }

    /** @param stat as in proc(5): the second field is the name, which the kernel cuts to 15 characters */
    static boolean isCompiler(String stat) {
        return stat.contains(" (C1 CompilerThre") || stat.contains(" (C2 CompilerThre");
    }

    /** @param stat as in proc(5): utime and stime are the fields 14 and 15, and the second one may hold blanks and brackets */
    static double secondsIn(String stat) {
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
    }

    /** What was used between an earlier time and this one. */
    ProcessCpuTime since(ProcessCpuTime earlier) {
        Map<String, Double> used = new TreeMap<>();
        seconds.forEach((process, sum) -> used.put(process, sum - earlier.seconds.getOrDefault(process, 0.0)));
        // The JVM ends compilers that have nothing to do, and their time leaves with them.
        return new ProcessCpuTime(used, Math.max(0, ofCompilers - earlier.ofCompilers));
    }

    double all() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** @return from 0 to 1, how much of all was the compilers' */
    double compilersShare() {
        return all() == 0 ? 0 : ofCompilers / all();
    }
}
