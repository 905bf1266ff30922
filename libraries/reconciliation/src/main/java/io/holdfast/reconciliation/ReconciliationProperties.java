package io.holdfast.reconciliation;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties {@code holdfast.reconciliation.*}.
 *
 * @param enabled whether checks run by themselves; a person may always ask for it
 * @param initialDelay after the start, so that it does not compete with it
 * @param period between two rounds
 * @param grace how long healthy work takes; checks do not examine what is younger
 * @param lease how long one run may take; then another instance may take the check over
 * @param retention how long closed findings are kept
 */
@Validated
@ConfigurationProperties("holdfast.reconciliation")
record ReconciliationProperties(
        @DefaultValue("true") boolean enabled,

        @DefaultValue("30s") @NotNull @DurationMin(millis = 0)
        Duration initialDelay,

        @DefaultValue("1m") @NotNull @DurationMin(millis = 100)
        Duration period,

        @DefaultValue("1m") @NotNull @DurationMin(millis = 0)
        Duration grace,

        @DefaultValue("5m") @NotNull @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration lease,

        @DefaultValue("30d") @NotNull @DurationMin(minutes = 1)
        Duration retention) {}
