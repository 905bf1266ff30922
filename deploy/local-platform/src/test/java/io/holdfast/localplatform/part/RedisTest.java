package io.holdfast.localplatform.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.localplatform.process.PartFailed;
import io.holdfast.localplatform.runfolder.Ports;
import io.holdfast.localplatform.runfolder.RunFolder;
import io.holdfast.localplatform.runfolder.StackFile;
import io.holdfast.localplatform.stack.Stack;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class RedisTest {

    private static final Path FOLDER = Path.of("target", "redis test").toAbsolutePath();

    private Stack stack;
    private Redis redis;

    @BeforeAll
    void start() throws Exception {
        RunFolder.deleteTree(FOLDER);
        stack = Stack.in(Path.of("../.."))
                .runFolder(FOLDER)
                .portOffset(freeOffset())
                .stopWithThisJvm()
                .open();
        redis = stack.redis();
        redis.start();
    }

    @AfterAll
    void stop() throws Exception {
        stack.close();
        RunFolder.deleteTree(FOLDER);
    }

    @Test
    void isReadyAndTold() throws Exception {
        assertThat(redis.state()).isEqualTo(Part.State.READY);
        StackFile.Entry entry = stack.stackFile().entry("redis").orElseThrow();
        assertThat(entry.pid()).isEqualTo(redis.pid().orElseThrow());
        assertThat(entry.url()).isEqualTo("127.0.0.1:" + stack.ports().redis());
        assertThat(Files.readString(redis.log())).contains("Redis version=" + entry.version() + ",");
    }

    @Test
    void answersAPingWithThePasswordAlone() throws Exception {
        assertThat(redis.answers("AUTH " + redis.password(), "PING")).containsExactly("+OK", "+PONG");
        assertThat(redis.answers("PING")).singleElement().asString().startsWith("-NOAUTH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "redis", "foobared", "default \"\"", "order-svc redis"})
    void anyOtherPasswordIsRefused(String wrong) throws Exception {
        assertThat(redis.answers("AUTH " + wrong, "PING"))
                .satisfiesExactly(login -> assertThat(login).startsWith("-WRONGPASS"), ping -> assertThat(ping)
                        .startsWith("-NOAUTH"));
    }

    @Test
    void itsPasswordIsInAFileOfItsOwnerAndNotInTheListOfProcesses() throws Exception {
        Path settings = FOLDER.resolve("data/redis/redis.conf");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(settings)).contains(redis.password());
        Path process = Path.of("/proc", Long.toString(redis.pid().orElseThrow()));
        assertThat(Files.readString(process.resolve("cmdline"))).doesNotContain(redis.password());
        assertThat(Files.readString(process.resolve("environ"))).doesNotContain(redis.password());
        assertThat(Files.readString(redis.log())).doesNotContain(redis.password());
    }

    @Test
    void listensOnLoopbackAlone() throws Exception {
        for (Ports.Port port : redis.ports()) {
            assertThat(port.isFree()).isFalse();
            assertThat(port.address()).isEqualTo(InetAddress.getLoopbackAddress());
            assertThat(Ports.Port.at("127.0.0.2", port.number()).isFree()).isTrue();
        }
    }

    @Test
    void isACacheThatIsEmptyAfterAKillAndLeavesNoFile() throws Exception {
        assertThat(redis.answers("AUTH " + redis.password(), "SET counter 7", "INCR counter"))
                .containsExactly("+OK", "+OK", ":8");

        redis.kill();
        assertThat(redis.state()).isEqualTo(Part.State.DIED);
        redis.start();

        assertThat(redis.answers("AUTH " + redis.password(), "EXISTS counter")).containsExactly("+OK", ":0");
        try (var files = Files.list(FOLDER.resolve("data/redis"))) {
            assertThat(files).containsExactly(FOLDER.resolve("data/redis/redis.conf"));
        }
    }

    @Test
    void aFullOneRefusesToTakeMoreAndDropsNothing() throws Exception {
        String login = "AUTH " + redis.password();
        assertThat(redis.answers(login, "SET kept 1", "CONFIG SET maxmemory 1")).containsExactly("+OK", "+OK", "+OK");
        try {
            assertThat(redis.answers(login, "SET more 1", "EXISTS kept"))
                    .satisfiesExactly(
                            ok -> assertThat(ok).isEqualTo("+OK"),
                            more -> assertThat(more).startsWith("-OOM"),
                            kept -> assertThat(kept).isEqualTo(":1"));
        } finally {
            redis.answers(login, "CONFIG SET maxmemory 256mb");
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void aFrozenOneIsNotAnsweringUntilItGoesOn() throws Exception {
        redis.pause();
        try {
            assertThat(redis.state()).isEqualTo(Part.State.NOT_ANSWERING);
        } finally {
            redis.resume();
        }
        redis.awaitReady();
        assertThat(redis.state()).isEqualTo(Part.State.READY);
    }

    @Test
    void stopsWhenItIsAskedTo() throws Exception {
        redis.stop();
        try {
            assertThat(redis.state()).isEqualTo(Part.State.STOPPED);
            assertThat(Files.readString(redis.log())).contains("Redis is now ready to exit");
        } finally {
            redis.start();
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64", "Linux, x86_64", "Linux, aarch64"})
    void aServerForThatMachineIsOnTheClassPath(String system, String processor) {
        assertThat(Redis.class
                        .getClassLoader()
                        .getResource(Redis.Server.of(system, processor).resource()))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"Windows 11, amd64", "Mac OS X, aarch64", "Linux, riscv64"})
    void aMachineThatThereIsNoServerForIsNamed(String system, String processor) {
        assertThatExceptionOfType(PartFailed.class)
                .isThrownBy(() -> Redis.Server.of(system, processor))
                .withMessage("redis: there is no server for " + system + " on " + processor
                        + ", only for Linux on x86-64 and ARM64");
    }

    private static int freeOffset() {
        return IntStream.iterate(20_000, offset -> offset + 7)
                .filter(offset -> Ports.Port.loopback(new Ports(offset).redis()).isFree())
                .findFirst()
                .orElseThrow();
    }
}
