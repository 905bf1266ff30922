package io.holdfast.order;

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

/**
 * Properties {@code holdfast.order.*} that are read once, at the start. An invalid one stops it. The limits of an order and how orders
 * are grouped may be changed while the service runs, and are in the package {@code placing}.
 *
 * @param globalTimeout after which the coordinator rolls back what has not been committed
 * @param duplicateRequests how a request waits for a concurrent one with the same idempotency key
 * @param bulkhead orders that have a global transaction of their own
 * @param soldOut what is cached of stock-svc's refusals
 * @param abandoned orders whose placing was interrupted
 * @param refusals orders that were refused
 */
@Validated
@ConfigurationProperties("holdfast.order")
record OrderProperties(
        @DefaultValue("10s") @NotNull @DurationMin(seconds = 1) @DurationMax(seconds = 60)
        Duration globalTimeout,

        @DefaultValue @NotNull @Valid DuplicateRequests duplicateRequests,
        @DefaultValue @NotNull @Valid Bulkhead bulkhead,
        @DefaultValue @NotNull @Valid SoldOut soldOut,
        @DefaultValue @NotNull @Valid Abandoned abandoned,
        @DefaultValue @NotNull @Valid Refusals refusals) {

    /**
     * @param patience how long one request waits
     * @param maxWaiting requests that wait at a time, each with a thread of the web server; more are answered at once
     */
    record DuplicateRequests(
            @DefaultValue("3s") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 10)
            Duration patience,

            @DefaultValue("24") @Min(1) @Max(150) int maxWaiting) {}

    /**
     * @param maxConcurrentCalls at a time, each with a thread of the web server and calls of its own
     * @param maxWaitDuration how long one more waits for its place
     */
    record Bulkhead(
            @DefaultValue("64") @Min(1) @Max(1000) int maxConcurrentCalls,

            @DefaultValue("5s") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 30)
            Duration maxWaitDuration) {}

    /**
     * @param timeToLive how long a SKU counts as sold out after stock-svc has said so; zero switches it off
     * @param maxSkus SKUs that are cached at a time
     */
    record SoldOut(
            @DefaultValue("200ms") @NotNull @DurationMin(millis = 0) @DurationMax(seconds = 10)
            Duration timeToLive,

            @DefaultValue("10000") @Min(1) @Max(1_000_000) int maxSkus) {}

    /**
     * @param interval between two runs
     * @param margin added to the global timeout, for the coordinator to notice it
     * @param page orders per run
     */
    record Abandoned(
            @DefaultValue("5s") @NotNull @DurationMin(millis = 100)
            Duration interval,

            @DefaultValue("5s") @NotNull @DurationMin(millis = 0)
            Duration margin,

            @DefaultValue("100") @Min(1) @Max(1000) int page) {}

    /**
     * @param perHour refused orders that one buyer may have within an hour; then the buyer's orders are not looked at for a while.
     *     Those that were refused because a service was away do not count
     * @param kept how long a refused order is kept, and so how long its Idempotency-Key is remembered; longer than that hour
     * @param interval between two runs for those that were kept for long enough
     * @param page orders that are removed in one transaction
     */
    record Refusals(
            @DefaultValue("100") @Min(1) @Max(1000) int perHour,

            @DefaultValue("7d") @NotNull @DurationMin(hours = 2)
            Duration kept,

            @DefaultValue("1m") @NotNull @DurationMin(millis = 100)
            Duration interval,

            @DefaultValue("100") @Min(1) @Max(500) int page) {}
}
