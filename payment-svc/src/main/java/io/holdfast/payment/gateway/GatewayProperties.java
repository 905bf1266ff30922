package io.holdfast.payment.gateway;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties {@code holdfast.payment.gateway.*}, read at the start.
 *
 * @param url where the gateway is, without a path
 * @param connectTimeout of one connection
 * @param callTimeout of one call as a whole, from the connection to the last byte of the answer
 */
@Validated
@ConfigurationProperties("holdfast.payment.gateway")
record GatewayProperties(
        @NotNull URI url,

        @DefaultValue("500ms") @NotNull @DurationMin(millis = 10) @DurationMax(seconds = 10)
        Duration connectTimeout,

        @DefaultValue("1500ms") @NotNull @DurationMin(millis = 50) @DurationMax(seconds = 10)
        Duration callTimeout,

        @DefaultValue @NotNull @Valid Breaker breaker) {

    /**
     * When calls are not even tried.
     *
     * @param calls the last calls that are looked at
     * @param minCalls fewer than this say nothing
     * @param failurePercent of them that opens the breaker
     * @param openFor how long nothing is tried then
     * @param trials calls that are let through after that, to see whether the gateway is back
     */
    record Breaker(
            @DefaultValue("20") @Min(1) @Max(1000) int calls,
            @DefaultValue("10") @Min(1) @Max(1000) int minCalls,
            @DefaultValue("50") @Min(1) @Max(100) int failurePercent,

            @DefaultValue("2s") @NotNull @DurationMin(millis = 1) @DurationMax(minutes = 5)
            Duration openFor,

            @DefaultValue("3") @Min(1) @Max(100) int trials) {}
}
