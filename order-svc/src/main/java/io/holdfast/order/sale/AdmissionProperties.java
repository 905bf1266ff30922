package io.holdfast.order.sale;

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
 * Properties {@code holdfast.order.admission.*}, read at the start.
 *
 * @param redisHost without one there is no Redis, and the database alone decides who may order
 * @param soldOutTimeToLive how long this instance believes that a sale is sold out before one buyer asks again for all; if Redis does
 *     not answer, four times as long; zero asks each time
 * @param maxBuyersRemembered if more buyers got something of a sale, each request asks Redis, also when it is sold out
 * @param repairInterval between two comparisons of the counters with the database
 * @param forgottenAfter how long a slot without a stored order is kept: longer than any request takes
 */
@Validated
@ConfigurationProperties("holdfast.order.admission")
record AdmissionProperties(
        @DefaultValue("") @NotNull String redisHost,

        @DefaultValue("500ms") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 10)
        Duration soldOutTimeToLive,

        @DefaultValue("200000") @Min(0) @Max(1_000_000) int maxBuyersRemembered,

        @DefaultValue("2s") @NotNull @DurationMin(millis = 100) @DurationMax(seconds = 60)
        Duration repairInterval,

        @DefaultValue("30s") @NotNull @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration forgottenAfter) {}
