package io.holdfast.localplatform.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Memory that can be had without anything being swapped out: the machine's, or what is left below the limit of a control group if that
 * is less, as it is in most containers.
 *
 * @param bytes free, and held by nothing but caches of files
 * @param limited whether it is the limit of a control group, not the machine, that leaves no more
 */
public record FreeMemory(long bytes, boolean limited) {

    /** More than any machine has: cgroup v1 writes about 2^63 where there is no limit. */
    private static final long NO_LIMIT = 1L << 60;

    /** Of this process and of those that it starts. */
    static FreeMemory now() {
        return in(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /**
     * @param proc where proc(5) is mounted
     * @param cgroups where the control groups are mounted, those of version 1 each in a folder of its name
     */
    static FreeMemory in(Path proc, Path cgroups) {
        long ofMachine = number(proc.resolve("meminfo"), "MemAvailable:").orElse(Long.MAX_VALUE / 1024) * 1024;
        long ofGroups = NO_LIMIT;
        for (String line : lines(proc.resolve("self/cgroup"))) {
            // hierarchy:controllers:path; version 2 is hierarchy 0 and names no controllers.
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && line.startsWith("0::")) {
                ofGroups = Math.min(ofGroups, below(cgroups, fields[2], Version.TWO));
            } else if (fields.length == 3 && List.of(fields[1].split(",")).contains("memory")) {
                ofGroups = Math.min(ofGroups, below(cgroups.resolve("memory"), fields[2], Version.ONE));
            }
        }
        return new FreeMemory(Math.min(ofMachine, ofGroups), ofGroups < ofMachine);
    }

    private enum Version {
        ONE("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        TWO("memory.max", "memory.current", "inactive_file");

        private final String limit;
        private final String used;
        private final String reclaimable;

        Version(String limit, String used, String reclaimable) {
            this.limit = limit;
            this.used = used;
            this.reclaimable = reclaimable;
        }
    }

    /** The least that a group and those above it leave. */
    private static long below(Path root, String group, Version version) {
        Path top = root.normalize();
        Path folder = Path.of(top + "/" + group).normalize();
        if (!folder.startsWith(top) || !Files.isDirectory(folder)) {
            // In a container the path may be the host's, and what is mounted here is the container's own group.
            folder = top;
        }
        long least = NO_LIMIT;
        for (; folder.startsWith(top); folder = folder.getParent()) {
            least = Math.min(least, left(folder, version));
        }
        return least;
    }

    private static long left(Path folder, Version version) {
        Optional<Long> limit = number(folder.resolve(version.limit), "");
        Optional<Long> used = number(folder.resolve(version.used), "");
        if (limit.isEmpty() || used.isEmpty() || limit.get() >= NO_LIMIT) {
            return NO_LIMIT;
        }
        long reclaimable =
                number(folder.resolve("memory.stat"), version.reclaimable).orElse(0L);
        return Math.max(0, limit.get() - used.get() + reclaimable);
    }

    /** The first number behind the name, in the line that begins with it; empty if there is none, as for the limit "max". */
    private static Optional<Long> number(Path file, String name) {
        return lines(file).stream()
                .map(line -> line.split(" +"))
                .map(words -> name.isEmpty() ? words[0] : words[0].equals(name) && words.length > 1 ? words[1] : "")
                .filter(word -> word.matches("[0-9]{1,19}"))
                .map(Long::parseLong)
                .findFirst();
    }

    /** None if it cannot be read: then it says nothing, and nobody is kept from starting. */
    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
