package io.holdfast.edge.audit;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings {@code holdfast.audit.*}. There is none that switches the audit off.
 *
 * @param retention how long an entry is kept; not so short that a setting could be used to be rid of one
 */
@Validated
@ConfigurationProperties("holdfast.audit")
record AuditProperties(
        @DefaultValue("400d") @NotNull @DurationMin(days = 90)
        Duration retention) {}
