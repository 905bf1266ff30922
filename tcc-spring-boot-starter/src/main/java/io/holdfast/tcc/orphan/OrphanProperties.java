package io.holdfast.tcc.orphan;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings {@code holdfast.tcc.orphans.*}: branches that are tried and whose end nobody asks for.
 *
 * @param enabled false if nobody is to ask; such a branch then waits for a person
 * @param age how long a branch is tried before the coordinator is asked about it
 * @param deliveryTimeout how long the coordinator may take to deliver a decision that it has made; after that the branch is ended
 *     without it
 * @param interval time between two looks of one instance
 * @param batch most branches of one look, and so most questions: with the interval, it bounds how many come in a second
 */
@Validated
@ConfigurationProperties(OrphanProperties.PREFIX)
public record OrphanProperties(
        @DefaultValue("true") boolean enabled,

        @DefaultValue("1m") @NotNull @DurationMin(seconds = 5) @DurationMax(hours = 1)
        Duration age,

        @DefaultValue("10m") @NotNull @DurationMin(minutes = 1) @DurationMax(days = 1)
        Duration deliveryTimeout,

        @DefaultValue("10s") @NotNull @DurationMin(seconds = 5) @DurationMax(minutes = 10)
        Duration interval,

        @DefaultValue("20") @Min(1) @Max(50) int batch) {

    static final String PREFIX = "holdfast.tcc.orphans";

    /** For a condition. */
    public static final String ENABLED = PREFIX + ".enabled";
}
