package io.holdfast.edge.rate;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How fast one instance of a service answers what needs no token.
 *
 * @param perSecond requests a second in the long run: for the description of the API all together, for health from one address
 * @param burst requests at once, after a pause
 */
public record AnonymousRateProperties(
        @DefaultValue("50") @Min(1) @Max(1_000_000) int perSecond,
        @DefaultValue("200") @Min(1) @Max(1_000_000) int burst) {}
