package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class MessagePropertiesTest {

    private final MessageProperties standard = new Binder(new MapConfigurationPropertySource(Map.of()))
            .bindOrCreate("holdfast.message", MessageProperties.class);

    @Test
    void aSenderWaitsThirtySecondsAtMostAndGoesOnForAnHour() {
        Backoff backoff = new Backoff(standard.resultPatience(), standard.maxPatience(), RandomGenerator.getDefault());

        Duration all = Duration.ZERO;
        for (int attempts = 1; attempts < standard.maxAttempts(); attempts++) {
            Duration wait = backoff.after(attempts);
            assertThat(wait).isLessThanOrEqualTo(Duration.ofSeconds(30));
            all = all.plus(wait);
        }

        assertThat(all).isGreaterThan(Duration.ofHours(1));
    }
}
