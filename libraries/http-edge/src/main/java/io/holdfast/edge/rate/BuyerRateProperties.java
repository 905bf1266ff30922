package io.holdfast.edge.rate;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How fast one buyer may call one instance of a service.
 *
 * @param perSecond requests a second in the long run
 * @param burst requests at once, after a pause
 * @param inFlight requests that are being worked on; fewer than the server has threads, so that one buyer cannot hold all
 */
public record BuyerRateProperties(
        @DefaultValue("50") @Min(1) @Max(1_000_000) int perSecond,
        @DefaultValue("100") @Min(1) @Max(1_000_000) int burst,
        @DefaultValue("16") @Min(1) @Max(10_000) int inFlight) {}
