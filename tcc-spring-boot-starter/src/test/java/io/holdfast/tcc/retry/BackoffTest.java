package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(new SplittableRandom(20_260_102L));

    @Test
    void the_bound_doubles_from_the_initial_delay_to_the_cap_and_stays_there() {
        assertThat(IntStream.of(1, 2, 3, 8, 9, 10, 11, 63, 64, 65, Integer.MAX_VALUE)
                        .mapToObj(failures ->
                                Backoff.bound(failures, ActionPolicy.DEFAULT).toSeconds()))
                .containsExactly(1L, 2L, 4L, 128L, 256L, 300L, 300L, 300L, 300L, 300L, 300L);
    }

    @Test
    void the_delay_is_anything_from_the_floor_to_the_bound() {
        double[] seconds = IntStream.range(0, 10_000)
                .mapToDouble(n -> backoff.delayAfter(7, ActionPolicy.DEFAULT).toMillis() / 1000.0)
                .toArray();

        assertThat(java.util.Arrays.stream(seconds).min().orElseThrow()).isBetween(0.1, 1.0);
        assertThat(java.util.Arrays.stream(seconds).max().orElseThrow()).isBetween(63.0, 64.0);
        for (int from = 0; from < 64; from += 8) {
            int start = from;
            assertThat(java.util.Arrays.stream(seconds)
                            .filter(delay -> delay >= start && delay < start + 8)
                            .count())
                    .as("delays from %d to %d s", start, start + 8)
                    .isBetween(1_000L, 1_500L);
        }
    }

    @Test
    void a_bound_below_the_floor_is_the_delay() {
        ActionPolicy quick = new ActionPolicy(
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofHours(1),
                false,
                Duration.ofMillis(200),
                8,
                false);

        assertThat(backoff.delayAfter(1, quick)).isEqualTo(Duration.ofMillis(5));
        assertThat(backoff.delayAfter(9, quick)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void there_is_no_delay_before_a_failure() {
        assertThatThrownBy(() -> backoff.delayAfter(0, ActionPolicy.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
