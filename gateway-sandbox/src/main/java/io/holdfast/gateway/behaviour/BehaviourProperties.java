package io.holdfast.gateway.behaviour;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxHeld how many calls are held back at the same time; the connections of the server must allow more
 * @param randomSeed of what decides by rate, to repeat a run; without one each start draws its own
 */
@Validated
@ConfigurationProperties("holdfast.gateway")
record BehaviourProperties(
        @Min(1) @Max(10_000) @DefaultValue("1000") int maxHeld,
        @Nullable Long randomSeed) {}
