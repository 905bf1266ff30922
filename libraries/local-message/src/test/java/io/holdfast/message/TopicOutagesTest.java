package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of topics that take nothing. */
class TopicOutagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger looks = new AtomicInteger();
    private final TopicOutages outages = new TopicOutages(
            topic -> {
                if (looks.incrementAndGet() == 1) {
                    throw new IllegalStateException("the first look fails");
                }
                // Without a leader at the second.
                return looks.get() > 2;
            },
            new Backoff(Duration.ofMillis(2), Duration.ofMillis(10), RandomGenerator.getDefault()),
            Clock.systemUTC());

    @AfterEach
    void stop() {
        outages.stop();
    }

    @Test
    void aTopicIsLeftAloneUntilItIsFoundAndForgottenWhenItTakesAMessage() {
        outages.start();
        outages.failed("gone", "missing");
        assertThat(outages.holds("gone")).isTrue();
        assertThat(outages.held()).containsExactly("gone");
        assertThat(outages.holds("other")).isFalse();
        assertThat(outages.concerns("other")).isFalse();

        await().atMost(LIMIT).until(() -> {
            outages.probeThoseThatAreDue();
            return !outages.holds("gone");
        });
        assertThat(looks).hasValue(3);
        assertThat(outages.concerns("gone")).as("one message first").isTrue();

        outages.failed("gone", "not to be written to");
        assertThat(outages.holds("gone")).isTrue();
        outages.taken("gone");
        assertThat(outages.concerns("gone")).isFalse();
    }

    @Test
    void whoIsNotStartedLooksForNothing() {
        outages.failed("gone", "missing");

        outages.probeThoseThatAreDue();

        assertThat(looks).hasValue(0);
        assertThat(outages.holds("gone")).isTrue();
    }
}
