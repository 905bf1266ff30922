package io.holdfast.localplatform.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class FreeMemoryTest {

    private static final long MIB = 1L << 20;

    @TempDir
    private Path folder;

    private Path proc;
    private Path cgroups;

    @BeforeEach
    void aMachineWith4000MibAvailable() throws IOException {
        proc = folder.resolve("proc");
        cgroups = folder.resolve("cgroup");
        write(proc.resolve("meminfo"), "MemTotal:       8192000 kB\nMemFree: 1 kB\nMemAvailable:    4096000 kB\n");
    }

    @Test
    void withoutALimitItIsWhatTheMachineHas() throws IOException {
        assertThat(free()).isEqualTo(new FreeMemory(4000 * MIB, false));

        group("0::/user.slice\n");
        limitOfVersionTwo("user.slice", "max", 100 * MIB, 0);

        assertThat(free()).isEqualTo(new FreeMemory(4000 * MIB, false));
    }

    @Test
    void theLimitOfAContainerCountsIfItLeavesLess() throws IOException {
        group("0::/\n");
        limitOfVersionTwo("", "1073741824", 600 * MIB, 100 * MIB);

        assertThat(free()).isEqualTo(new FreeMemory(524 * MIB, true));
    }

    @Test
    void aLimitThatLeavesMoreThanTheMachineHasDoesNot() throws IOException {
        group("0::/\n");
        limitOfVersionTwo("", Long.toString(6000 * MIB), 100 * MIB, 0);

        assertThat(free()).isEqualTo(new FreeMemory(4000 * MIB, false));
    }

    @Test
    void theLimitOfAGroupAboveCountsToo() throws IOException {
        group("0::/user.slice/session\n");
        limitOfVersionTwo("user.slice/session", Long.toString(3000 * MIB), 100 * MIB, 0);
        limitOfVersionTwo("user.slice", Long.toString(2000 * MIB), 1500 * MIB, 0);

        assertThat(free()).isEqualTo(new FreeMemory(500 * MIB, true));
    }

    @Test
    void anOlderKernelsLimitCountsToo() throws IOException {
        group("9:name=systemd:/\n4:cpu,memory:/docker/4f81\n0::/\n");
        write(cgroups.resolve("memory/docker/4f81/memory.limit_in_bytes"), 2000 * MIB + "\n");
        write(cgroups.resolve("memory/docker/4f81/memory.usage_in_bytes"), 1800 * MIB + "\n");
        write(
                cgroups.resolve("memory/docker/4f81/memory.stat"),
                "inactive_file 1\ntotal_inactive_file " + 300 * MIB + "\n");
        write(cgroups.resolve("memory/memory.limit_in_bytes"), "9223372036854771712\n");
        write(cgroups.resolve("memory/memory.usage_in_bytes"), 7000 * MIB + "\n");

        assertThat(free()).isEqualTo(new FreeMemory(500 * MIB, true));
    }

    @Test
    void aContainerThatIsToldTheHostsPathFindsItsOwnLimitAtTheTop() throws IOException {
        group("4:memory:/docker/4f81\n");
        write(cgroups.resolve("memory/memory.limit_in_bytes"), 1000 * MIB + "\n");
        write(cgroups.resolve("memory/memory.usage_in_bytes"), 200 * MIB + "\n");

        assertThat(free()).isEqualTo(new FreeMemory(800 * MIB, true));
    }

    @Test
    void whoIsOverTheLimitHasNothing() throws IOException {
        group("0::/../..\n");
        limitOfVersionTwo("", Long.toString(100 * MIB), 101 * MIB, 0);

        assertThat(free()).isEqualTo(new FreeMemory(0, true));
    }

    @Test
    void whereNothingIsToldNobodyIsKeptFromStarting() {
        assertThat(FreeMemory.in(folder.resolve("none"), folder.resolve("none")).bytes())
                .isGreaterThan(1L << 50);
    }

    @Test
    void thisMachineTells() {
        assertThat(FreeMemory.now().bytes()).isBetween(1L, 1L << 50);
    }

    private FreeMemory free() {
        return FreeMemory.in(proc, cgroups);
    }

    private void group(String lines) throws IOException {
        write(proc.resolve("self/cgroup"), lines);
    }

    private void limitOfVersionTwo(String group, String max, long current, long inactiveFile) throws IOException {
        Path of = cgroups.resolve(group);
        write(of.resolve("memory.max"), max + "\n");
        write(of.resolve("memory.current"), current + "\n");
        write(of.resolve("memory.stat"), "anon 1\ninactive_file " + inactiveFile + "\n");
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
