package io.holdfast.localplatform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

public class OsProcessTest {

    private Process started;

    @AfterEach
    void leaveNothingRunning() {
        if (started != null) {
            started.destroyForcibly();
        }
    }

    @Test
    void aRunningProcessIsAliveAndHasMemory() throws Exception {
        OsProcess process = start("sleep", "60");

        assertThat(process.isAlive()).isTrue();
        assertThat(process.residentBytes().orElseThrow()).isPositive();
    }

    @Test
    void oneThatEndsWhenAskedIsNotKilled() throws Exception {
        OsProcess process = start("sleep", "60");

        assertThat(process.terminate(Duration.ofSeconds(10))).isTrue();

        assertThat(process.isAlive()).isFalse();
        assertThat(process.residentBytes()).isEmpty();
        assertThat(started.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void oneThatDoesNotEndWhenAskedIsKilledAfterItsGrace() throws Exception {
        OsProcess process = start("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
        assertThat(started.getInputStream().read()).isEqualTo('r');

        assertThat(process.terminate(Duration.ofMillis(300))).isTrue();

        assertThat(started.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void oneThatIsPausedStillEndsInGoodOrder() throws Exception {
        OsProcess process = start("sleep", "60");
        assertThat(process.signal("STOP")).isTrue();

        assertThat(process.terminate(Duration.ofSeconds(10))).isTrue();

        assertThat(started.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void oneThatIsGoneTakesNoSignals() throws Exception {
        OsProcess process = start("sleep", "60");
        process.kill();

        assertThat(process.signal("TERM")).isFalse();
        assertThat(process.terminate(Duration.ZERO)).isTrue();
    }

    @Test
    void theFieldsOfAProcessAreReadWhateverItsNameIs() {
        String line =
                "42 (a) R 1 (b)) %s 1 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 %d 0 987654 1000 10 18446744073709551615";

        assertThat(OsProcess.Stat.parse(line.formatted("S", 1)).startTicks()).isEqualTo(987654);
        assertThat(OsProcess.Stat.parse(line.formatted("S", 1)).isAlive()).isTrue();
        assertThat(OsProcess.Stat.parse(line.formatted("T", 1)).isAlive()).isTrue();
        assertThat(OsProcess.Stat.parse(line.formatted("Z", 1)).isAlive()).isFalse();
        assertThat(OsProcess.Stat.parse(line.formatted("Z", 7)).isAlive()).isTrue();
    }

    private OsProcess start(String... command) throws IOException {
        started = new ProcessBuilder(command).start();
        return OsProcess.of(started.pid()).orElseThrow();
    }
}
