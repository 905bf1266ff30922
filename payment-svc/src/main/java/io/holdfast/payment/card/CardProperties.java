package io.holdfast.payment.card;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/** Properties {@code holdfast.payment.*} of card payments, read at the start. Those of the gateway itself are beside them. */
@Validated
@ConfigurationProperties("holdfast.payment")
record CardProperties(
        @DefaultValue @NotNull @Valid Authorization authorization,
        @DefaultValue @NotNull @Valid VoidOrRefund voidOrRefund) {

    /**
     * @param within no call to the gateway begins later than this after the first one
     * @param maxCalls to the gateway, questions included
     * @param maxConcurrent authorizations in one instance; further ones are refused at once
     */
    record Authorization(
            @DefaultValue("4s") @NotNull @DurationMin(millis = 100) @DurationMax(seconds = 9)
            Duration within,

            @DefaultValue("4") @Min(1) @Max(20) int maxCalls,
            @DefaultValue("16") @Min(1) @Max(1000) int maxConcurrent) {}

    /**
     * @param enabled whether this instance carries any out; they are scheduled either way
     * @param interval between two polls for what is due; what is added is carried out at once
     * @param lease how long an instance that carries one out may be silent before another one takes it over
     * @param initialDelay the most that is waited after the first failure; it doubles with each further one
     * @param maxDelay where the doubling ends
     * @param lookFor how long after the end of the payment to look for a charge that the gateway does not know: a request that was
     *     under way then might still make one
     * @param chunk the most that one poll fetches
     */
    record VoidOrRefund(
            @DefaultValue("true") boolean enabled,

            @DefaultValue("2s") @NotNull @DurationMin(millis = 10) @DurationMax(hours = 1)
            Duration interval,

            @DefaultValue("30s") @NotNull @DurationMin(seconds = 1) @DurationMax(minutes = 10)
            Duration lease,

            @DefaultValue("1s") @NotNull @DurationMin(millis = 1) @DurationMax(hours = 1)
            Duration initialDelay,

            @DefaultValue("1m") @NotNull @DurationMin(millis = 1) @DurationMax(hours = 24)
            Duration maxDelay,

            @DefaultValue("2m") @NotNull @DurationMin(millis = 0) @DurationMax(days = 30)
            Duration lookFor,

            @DefaultValue("50") @Min(1) @Max(1000) int chunk) {}
}
