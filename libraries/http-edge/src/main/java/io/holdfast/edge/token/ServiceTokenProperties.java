package io.holdfast.edge.token;

import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a service proves itself to those it calls.
 *
 * @param key file with the private key (RSA) as a JWK; it is read again for each token, so a new key needs no restart
 * @param lifetime of a token that this service makes for itself
 */
public record ServiceTokenProperties(
        @NotNull URI key,

        @DefaultValue("60s") @NotNull @DurationMin(seconds = 10) @DurationMax(minutes = 10)
        Duration lifetime) {}
