package io.holdfast.localplatform.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.localplatform.LocalPlatform;
import io.holdfast.localplatform.part.IdlePart;
import io.holdfast.localplatform.part.Part;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class PreflightTest {

    private static final long GIB = 1L << 30;
    private static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();
    private static final List<Part> ALL = List.of(
            new IdlePart("mariadb"),
            new IdlePart("nacos"),
            new IdlePart("redis"),
            new IdlePart("coordinator"),
            new IdlePart("kafka"),
            new IdlePart("gateway-sandbox"),
            new IdlePart("stock-svc"),
            new IdlePart("payment-svc"),
            new IdlePart("order-svc"));

    /** What {@link #noMountsHere} says when this user may not mount anything. */
    private static final int NOT_ALLOWED = 77;

    @TempDir
    private Path temporary;

    private RunFolder folder;

    @BeforeEach
    void makeIt() {
        folder = new RunFolder(temporary.resolve("run")).create();
    }

    @Test
    void nothingIsSaidWhereThereIsEnough() {
        assertThatCode(() -> preflight(3 * GIB, 3 * GIB).require(ALL)).doesNotThrowAnyException();
    }

    @Test
    void tooLittleMemoryIsToldWithWhatIsNeededAndWhatIsThere() {
        assertThat(shortages(GIB, 3 * GIB, ALL))
                .singleElement()
                .asString()
                .matches("too little memory: .* takes at least 2\\.[0-9] GiB, and 1\\.0 GiB are free: end other.*")
                .doesNotContain("\n");
    }

    @Test
    void whoIsHeldByALimitIsToldThatItIsALimit() {
        Preflight limited = new Preflight(folder, machine(new FreeMemory(GIB, true), 3 * GIB));

        assertThat(catchThrowableOfType(Preflight.Failed.class, () -> limited.require(ALL))
                        .shortages())
                .singleElement()
                .asString()
                .contains("1.0 GiB are free within the limit that is set here (cgroup)");
    }

    @Test
    void tooLittleDiskIsToldWithWhatIsNeededWhatIsThereAndWhere() {
        assertThat(shortages(3 * GIB, GIB, ALL))
                .singleElement()
                .asString()
                .matches("too little disk: .* up to 2\\.[0-9] GiB, and 1\\.0 GiB are free in " + folder.root()
                        + ": make room.*--run-dir")
                .doesNotContain("\n");
    }

    @Test
    void whatIsThereFromAnEarlierStartNeedsNoMoreDiskThanItsWork() throws Exception {
        for (Part part : ALL) {
            Files.createDirectories(
                    part.name().endsWith("-svc")
                            ? folder.programs().resolve(part.name() + "-0123456789ab")
                            : folder.data().resolve(part.name()));
        }

        assertThatCode(() -> preflight(3 * GIB, GIB / 2).require(ALL)).doesNotThrowAnyException();
        assertThat(shortages(3 * GIB, GIB / 8, ALL)).singleElement().asString().startsWith("too little disk");
    }

    @Test
    void onlyWhatIsToBeStartedCounts() {
        assertThatCode(() -> preflight(GIB / 64, GIB / 2).require(List.of(new IdlePart("redis"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> preflight(0, 0).require(List.of())).doesNotThrowAnyException();
    }

    @Test
    void allBusyPortsAreToldInOneLineAndOthersAreNot() throws Exception {
        try (ServerSocket one = listener(0);
                ServerSocket two = listener(0)) {
            int free = freePort();
            List<Part> parts = List.of(
                    new IdlePart("kafka", loopback(one.getLocalPort()), loopback(free)),
                    new IdlePart("redis", loopback(free)),
                    new IdlePart("order-svc", loopback(two.getLocalPort())));

            assertThat(shortages(3 * GIB, 3 * GIB, parts))
                    .containsExactly("busy ports: other processes listen on " + one.getLocalPort() + " (kafka), "
                            + two.getLocalPort()
                            + " (order-svc): stop those, or choose other ports with --port-offset");
        }
    }

    @Test
    void allThatIsShortIsToldAtOnceOneLineEach() throws Exception {
        try (ServerSocket listener = listener(0)) {
            List<Part> parts = new ArrayList<>(ALL);
            parts.add(new IdlePart("other", loopback(listener.getLocalPort())));

            assertThat(shortages(GIB, GIB, parts))
                    .satisfiesExactly(
                            memory -> assertThat(memory).startsWith("too little memory"),
                            disk -> assertThat(disk).startsWith("too little disk"),
                            ports -> assertThat(ports).startsWith("busy ports"));
        }
    }

    @Test
    void theLauncherTellsItBeforeAnythingIsStarted() throws Exception {
        Ports ports = freePorts();
        try (ServerSocket redis = listener(ports.redis());
                ServerSocket order = listener(ports.orderSvc())) {
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            int code = LocalPlatform.commandLine(new PrintStream(told, true, StandardCharsets.UTF_8))
                    .execute("up", "--run-dir", folder.root().toString(), "--port-offset", "" + ports.offset());

            assertThat(code).isEqualTo(1);
            // Other ports of the platform may be busy by chance.
            assertThat(told.toString(StandardCharsets.UTF_8).lines()).anySatisfy(line -> assertThat(line)
                    .startsWith("FAILED  busy ports: other processes listen on ")
                    .contains(redis.getLocalPort() + " (redis), ", order.getLocalPort() + " (order-svc)"));
            assertThat(folder.logs()).isEmptyDirectory();
            assertThat(folder.data()).isEmptyDirectory();
            assertThat(folder.stackFile()).doesNotExist();
        }
    }

    /** A file system of 16 MiB. Where nobody lets this user mount one, the one of /proc, on which nothing can be written. */
    @Test
    void aDiskThatIsReallyTooSmallIsTold() throws Exception {
        Path small = Files.createDirectory(temporary.resolve("small"));
        Ports ports = freePorts();
        Process up = new ProcessBuilder(
                        "sh",
                        "-c",
                        "if [ \"$(id -u)\" = 0 ]; then set -- unshare -m \"$@\"; else set -- unshare -rm \"$@\"; fi; exec \"$@\"",
                        "sh",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=16m none \"$0\" || exit " + NOT_ALLOWED + "; exec \"$@\"",
                        small.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocalPlatform.class.getName(),
                        "up",
                        "--no-demo",
                        "--run-dir",
                        small.toString(),
                        "--port-offset",
                        "" + ports.offset(),
                        "--checkout",
                        CHECKOUT.toString())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("told").toFile())
                .start();
        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String told = Files.readString(temporary.resolve("told"));

        if (told.contains("unshare") || up.exitValue() == NOT_ALLOWED) {
            Preflight there = new Preflight(new RunFolder(Path.of("/proc")), Preflight.Machine.here());
            assertThat(catchThrowableOfType(Preflight.Failed.class, () -> there.require(List.of(new IdlePart("redis"))))
                            .shortages())
                    .anySatisfy(line -> assertThat(line).contains("too little disk", "0.0 GiB are free in /proc"));
        } else {
            assertThat(up.exitValue()).as(told).isEqualTo(1);
            assertThat(told.lines()).anySatisfy(line -> assertThat(line)
                    .startsWith("FAILED  too little disk")
                    .contains("0.0 GiB are free in " + small));
            assertThat(told).doesNotContain("ready after");
        }
    }

    private List<String> shortages(long memory, long disk, List<Part> parts) {
        return catchThrowableOfType(
                        Preflight.Failed.class, () -> preflight(memory, disk).require(parts))
                .shortages();
    }

    private Preflight preflight(long memory, long disk) {
        return new Preflight(folder, machine(new FreeMemory(memory, false), disk));
    }

    private static Preflight.Machine machine(FreeMemory memory, long disk) {
        return new Preflight.Machine() {
            @Override
            public FreeMemory memory() {
                return memory;
            }

            @Override
            public long usableDisk(Path folder) {
                return disk;
            }
        };
    }

    private static Ports.Port loopback(int number) {
        return Ports.Port.loopback(number);
    }

    private static ServerSocket listener(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = listener(0)) {
            return probe.getLocalPort();
        }
    }

    /** Such that those of Redis and of order-svc are free. */
    private static Ports freePorts() throws IOException {
        while (true) {
            int offset = freePort() - new Ports(0).redis();
            if (offset <= Ports.MAX_OFFSET
                    && loopback(new Ports(offset).orderSvc()).isFree()) {
                return new Ports(offset);
            }
        }
    }
}
