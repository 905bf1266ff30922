package io.holdfast.edge.security;

import io.holdfast.edge.rate.AnonymousRateProperties;
import io.holdfast.edge.rate.BuyerRateProperties;
import io.holdfast.edge.token.ServiceTokenProperties;
import io.holdfast.edge.token.UserTokenProperties;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings {@code holdfast.access.*}. There is no default for a key: a service without them does not start.
 *
 * @param users whose tokens are taken from buyers and operators
 * @param servicePaths where services call, and nobody else
 * @param callers per service that may call this one: where its public keys are
 * @param identity how this service proves itself to those it calls; absent if it calls nobody
 * @param buyerRate how fast one buyer may call one instance of this service
 * @param anonymousRate how fast one instance answers what needs no token
 * @param maxServiceTokenLifetime a service's token that is made for longer is not taken
 * @param clockSkew how far the issuer's clock may be off
 */
@Validated
@ConfigurationProperties("holdfast.access")
record AccessProperties(
        @NotNull @Valid UserTokenProperties users,
        @DefaultValue("/internal/**") @NotEmpty List<@NotBlank String> servicePaths,
        @DefaultValue Map<String, URI> callers,
        @Valid @Nullable ServiceTokenProperties identity,
        @DefaultValue @NotNull @Valid BuyerRateProperties buyerRate,
        @DefaultValue @NotNull @Valid AnonymousRateProperties anonymousRate,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 10) @DurationMax(hours = 1)
        Duration maxServiceTokenLifetime,

        @DefaultValue("5s") @NotNull @DurationMax(minutes = 2)
        Duration clockSkew) {}
