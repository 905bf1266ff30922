package io.holdfast.tcc.retry;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code holdfast.tcc.phase-two.*} that are read at the start. The policies, which may stand beside them and hold for
 * all actions that say nothing else, are live: see {@link ActionProperties}.
 *
 * @param pollInterval the longest time between two looks for attempts that are due, which is how late a branch of another
 *     instance may be taken over
 * @param lease how long an instance may be silent before others take over the attempts that it was making
 * @param threads most attempts, of all actions together, that one instance makes at once
 * @param remembered of how many scheduled branches an instance remembers when they are due, so that it can answer the
 *     coordinator without a look into the database
 * @param gaugeInterval time between two counts of the backlog for the metrics
 * @param stopWithin how long a stopping instance waits for attempts that are running
 */
public record RetryProperties(
        @DefaultValue("500ms") @NotNull @DurationMin(millis = 10) @DurationMax(seconds = 60)
        Duration pollInterval,

        @DefaultValue("30s") @NotNull @DurationMin(seconds = 3) @DurationMax(minutes = 10)
        Duration lease,

        @DefaultValue("64") @Min(1) @Max(1_000) int threads,

        @DefaultValue("10000") @Min(1) @Max(1_000_000) int remembered,

        @DefaultValue("15s") @NotNull @DurationMin(seconds = 1)
        Duration gaugeInterval,

        @DefaultValue("5s") @NotNull @DurationMin(millis = 0) @DurationMax(minutes = 1)
        Duration stopWithin) {

    /** What holds if nothing is set. */
    public static final RetryProperties DEFAULT = new RetryProperties(
            Duration.ofMillis(500), Duration.ofSeconds(30), 64, 10_000, Duration.ofSeconds(15), Duration.ofSeconds(5));

    /** The end of a lease that begins now. */
    public Instant leaseFrom(Instant now) {
        return now.plus(lease);
    }
}
