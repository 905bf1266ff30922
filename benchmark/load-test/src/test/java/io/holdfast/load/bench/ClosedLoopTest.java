package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void everyClientWorksAndOnlyTheMeasuredTimeCounts() throws Exception {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        AtomicLong all = new AtomicLong();
        Work work = work((client, attempt) -> {
            seen.add(client);
            all.incrementAndGet();
            return Work.Result.COUNTED;
        });
        AtomicInteger snapshots = new AtomicInteger();

        ClosedLoop.Ended<Integer> ended = ClosedLoop.run(work, 3, SHORT, SHORT, snapshots::incrementAndGet);

        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(ended.before()).isEqualTo(1);
        assertThat(ended.after()).isEqualTo(2);
        assertThat(ended.seconds()).isBetween(0.1, 5.0);
        assertThat(ended.tally().counted()).isPositive().isLessThan(all.get());
    }

    @Test
    void whatWasNotServedIsCountedApart() throws Exception {
        ClosedLoop.Ended<String> ended = ClosedLoop.run(
                work((client, attempt) -> Work.Result.NOT_SERVED), 1, Duration.ZERO, SHORT.multipliedBy(3), () -> "");

        assertThat(ended.tally().counted()).isZero();
        assertThat(ended.tally().notServed()).isPositive();
    }

    @Test
    void oneWrongAnswerSpoilsAll() {
        Work work = work((client, attempt) -> {
            throw new IOException("418");
        });

        assertThatThrownBy(() -> ClosedLoop.run(work, 2, Duration.ZERO, SHORT, () -> ""))
                .isInstanceOf(IOException.class)
                .hasMessage("418");
    }

    private interface Attempt {
        Work.Result of(int client, long attempt) throws IOException;
    }

    private static Work work(Attempt attempt) {
        return new Work() {
            @Override
            public Result attempt(int client, int clients, long number) throws IOException {
                return attempt.of(client, number);
            }

            @Override
            public List<String> breaches() {
                return List.of();
            }
        };
    }
}
