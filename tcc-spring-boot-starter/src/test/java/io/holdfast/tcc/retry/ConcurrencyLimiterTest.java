package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {

    private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(10);

    @Test
    void late_branches_take_half_of_their_actions_places_and_early_ones_all_the_rest() {
        int late = 0;
        while (limiter.tryAcquire("capture", RetryTier.LATE, 8)) {
            late++;
        }
        int early = 0;
        while (limiter.tryAcquire("capture", RetryTier.EARLY, 8)) {
            early++;
        }
        assertThat(late).isEqualTo(4);
        assertThat(early).isEqualTo(4);
        assertThat(limiter.free("sell", RetryTier.EARLY, 8))
                .as("what is left of all")
                .isEqualTo(2);
    }

    @Test
    void early_branches_leave_a_quarter_to_the_late_ones() {
        int early = 0;
        while (limiter.tryAcquire("capture", RetryTier.EARLY, 8)) {
            early++;
        }
        assertThat(early).isEqualTo(6);
        assertThat(limiter.free("capture", RetryTier.LATE, 8)).isEqualTo(2);
    }

    @Test
    void an_action_with_one_place_serves_both_lanes_in_turn() {
        assertThat(limiter.tryAcquire("capture", RetryTier.LATE, 1)).isTrue();
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1)).isFalse();
        limiter.release("capture", RetryTier.LATE);
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1)).isTrue();
    }

    @Test
    void a_bound_that_is_lowered_takes_no_place_away_and_gives_none_until_enough_have_left() {
        for (int n = 0; n < 3; n++) {
            assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 4)).isTrue();
        }
        assertThat(limiter.free("capture", RetryTier.EARLY, 2)).isZero();
        limiter.release("capture", RetryTier.EARLY);
        limiter.release("capture", RetryTier.EARLY);
        assertThat(limiter.free("capture", RetryTier.EARLY, 2)).isZero();
        limiter.release("capture", RetryTier.EARLY);
        assertThat(limiter.free("capture", RetryTier.EARLY, 2)).isEqualTo(1);
    }

    @Test
    void who_waits_for_a_place_gets_the_one_that_is_left_or_is_told_that_there_is_none() throws Exception {
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1)).isTrue();
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1, Duration.ofMillis(20)))
                .isFalse();
        Thread leaving = new Thread(() -> limiter.release("capture", RetryTier.EARLY));
        leaving.start();
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1, Duration.ofSeconds(30)))
                .isTrue();
        leaving.join();
        assertThat(limiter.awaitIdle(Duration.ofMillis(10))).isFalse();
        limiter.release("capture", RetryTier.EARLY);
        assertThat(limiter.awaitIdle(Duration.ofMillis(10))).isTrue();
    }

    @Test
    void who_waits_for_the_last_attempt_waits_as_long_as_it_may() throws Exception {
        assertThat(limiter.tryAcquire("capture", RetryTier.EARLY, 1)).isTrue();
        CompletableFuture.delayedExecutor(1_200, TimeUnit.MILLISECONDS)
                .execute(() -> limiter.release("capture", RetryTier.EARLY));
        assertThat(limiter.awaitIdle(Duration.ofSeconds(30))).isTrue();
    }
}
