package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineCpuTimeTest {

    /** User, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice, in hundredths of a second. */
    private static final String BEFORE = "cpu  1000 100 500 5000 300 10 20 70 900 90";

    private static final String AFTER = "cpu  1200 120 560 5500 340 20 50 90 990 99";

    @Test
    void interruptsAreNobodysAndWhatTheHostTookIsOthers() {
        MachineCpuTime time = MachineCpuTime.in(BEFORE);

        assertThat(time.busy()).isCloseTo(16.7, within(1e-9));
        assertThat(time.all()).isCloseTo(70.0, within(1e-9));
    }

    @Test
    void othersHadWhatWasUsedAndNotByThoseWhoAreKnown() {
        MachineCpuTime used = MachineCpuTime.in(AFTER).since(MachineCpuTime.in(BEFORE));

        assertThat(used.busy()).isCloseTo(3.0, within(1e-9));
        assertThat(used.all()).isCloseTo(8.8, within(1e-9));
        assertThat(used.shareOfOthers(2.12)).isCloseTo(0.1, within(1e-9));
        assertThat(used.shareOfOthers(0)).isCloseTo(3.0 / 8.8, within(1e-9));
    }

    @Test
    void ticksThatAreCountedALittleLaterMakeNothingNegative() {
        assertThat(new MachineCpuTime(1, 8).shareOfOthers(1.01)).isZero();
        assertThat(new MachineCpuTime(0, 0).shareOfOthers(0)).isZero();
    }

    @Test
    void thisMachineTellsItsTime() {
        MachineCpuTime now = MachineCpuTime.now();

        assertThat(now.busy()).isPositive().isLessThan(now.all());
    }

    @Test
    void aSnapshotKnowsWhatIsNotItsProcesses() {
        Snapshot used = snapshot(12, 30, 80).since(snapshot(10, 20, 60));

        assertThat(used.othersShare()).isCloseTo((10 - 2) / 20.0, within(1e-9));
    }

    private static Snapshot snapshot(double own, double busy, double all) {
        return new Snapshot(
                new ProcessCpuTime(Map.of("order-svc", own), 0), new MachineCpuTime(busy, all), 0, 0, 0, 0, 0, 0, 0);
    }
}
