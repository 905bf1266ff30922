package io.holdfast.load.seckill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersSoFarTest {

    private final AnswersSoFar answers = new AnswersSoFar();

    @Test
    void ratesAndPercentilesAreOfPaidAndRefusedApart(@TempDir Path folder) throws Exception {
        for (int i = 1; i <= 100; i++) {
            note(Ending.PAID, 0, i * 10L);
        }
        note(Ending.SOLD_OUT, 0, 100);
        note(Ending.ALREADY_BOUGHT, 100, 2_000);
        note(Ending.NOT_SERVED, 0, 50_000);

        Answers summedUp = answers.summedUp();

        assertThat(summedUp.all()).isEqualTo(103);
        assertThat(summedUp.count(Ending.REFUSED)).isZero();
        assertThat(summedUp.paidPerSecond()).isEqualTo(100);
        assertThat(summedUp.refusedPerSecond()).isEqualTo(1);
        assertThat(summedUp.paid().p50()).isCloseTo(500, within(1.0));
        assertThat(summedUp.paid().p95()).isCloseTo(950, within(1.0));
        assertThat(summedUp.paid().p99()).isCloseTo(990, within(1.0));
        assertThat(summedUp.refused().max()).isCloseTo(1_900, within(2.0));

        Path file = folder.resolve("answers.json");
        summedUp.write(file);
        assertThat(Answers.read(file)).isEqualTo(summedUp);
    }

    @Test
    void nothingIsNothing() {
        Answers summedUp = answers.summedUp();

        assertThat(summedUp.all()).isZero();
        assertThat(summedUp.paidPerSecond()).isZero();
        assertThat(summedUp.paid().p99()).isZero();
    }

    private void note(Ending ending, long fromMillis, long toMillis) {
        answers.note(ending, TimeUnit.MILLISECONDS.toNanos(fromMillis), TimeUnit.MILLISECONDS.toNanos(toMillis));
    }
}
