package io.holdfast.edge.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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
 * @param people whose tokens are taken from buyers and operators
 * @param servicePaths where services call, and nobody else
 * @param callers per service that may call this one: where its public keys are
 * @param identity how this service proves itself to those it calls; absent if it calls nobody
 * @param buyerRate how fast one buyer may call one instance of this service
 * @param strangerRate how fast one instance answers what needs no token
 * @param maxServiceTokenLifetime a service's token that is made for longer is not taken
 * @param clockSkew how far the issuer's clock may be off
 */
@Validated
@ConfigurationProperties("holdfast.access")
record AccessSettings(
        @NotNull @Valid People people,
        @DefaultValue("/internal/**") @NotEmpty List<@NotBlank String> servicePaths,
        @DefaultValue Map<String, URI> callers,
        @Valid @Nullable Identity identity,
        @DefaultValue @NotNull @Valid Rate buyerRate,
        @DefaultValue @NotNull @Valid StrangerRate strangerRate,

        @DefaultValue("10m") @NotNull @DurationMin(seconds = 10) @DurationMax(hours = 1)
        Duration maxServiceTokenLifetime,

        @DefaultValue("5s") @NotNull @DurationMax(minutes = 2)
        Duration clockSkew) {

    /**
     * @param issuer the claim {@code iss} has to be this
     * @param audience what the claim {@code aud} may name instead of this service, while {@code sharedAudience} is set
     * @param sharedAudience whether a token is taken that names {@code audience} and not this service by its
     *     {@code spring.application.name}. It opens all services to whoever gets hold of it; the next release has false here
     * @param keys the issuer's JWK set: an http(s) URL, or a file that is read again when it has changed. Left out, the issuer
     *     is asked where it is, as OpenID Connect Discovery 1.0 says
     * @param subjectClaim the claim that names the person; for a buyer it is the buyer id
     * @param rolesClaim the claim that lists {@code buyer}, {@code operator} or {@code monitor}; dots lead into nested claims, as in
     *     {@code realm_access.roles}
     */
    record People(
            @NotBlank String issuer,
            @NotBlank String audience,
            @DefaultValue("true") boolean sharedAudience,
            @Nullable URI keys,
            @DefaultValue("sub") @NotBlank String subjectClaim,
            @DefaultValue("roles") @NotBlank String rolesClaim) {}

    /**
     * @param key file with the private key (RSA) as a JWK; it is read again for each token, so a new key needs no restart
     * @param lifetime of a token that this service makes for itself
     */
    record Identity(
            @NotNull URI key,

            @DefaultValue("60s") @NotNull @DurationMin(seconds = 10) @DurationMax(minutes = 10)
            Duration lifetime) {}

    /**
     * @param perSecond requests a second in the long run
     * @param burst requests at once, after a pause
     * @param inFlight requests that are being worked on; fewer than the server has threads, so that one buyer cannot hold all
     */
    record Rate(
            @DefaultValue("50") @Min(1) @Max(1_000_000) int perSecond,
            @DefaultValue("100") @Min(1) @Max(1_000_000) int burst,
            @DefaultValue("16") @Min(1) @Max(10_000) int inFlight) {}

    /**
     * @param perSecond requests a second in the long run: for the description of the API all together, for health from one address
     * @param burst requests at once, after a pause
     */
    record StrangerRate(
            @DefaultValue("50") @Min(1) @Max(1_000_000) int perSecond,
            @DefaultValue("200") @Min(1) @Max(1_000_000) int burst) {}
}
