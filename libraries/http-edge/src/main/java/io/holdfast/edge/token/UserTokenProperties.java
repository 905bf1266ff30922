package io.holdfast.edge.token;

import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose tokens are taken from buyers and operators.
 *
 * @param issuer the claim {@code iss} has to be this
 * @param audience what the claim {@code aud} may name instead of this service, while {@code sharedAudience} is set
 * @param sharedAudience whether a token is taken that names {@code audience} and not this service by its
 *     {@code spring.application.name}. It opens all services to whoever gets hold of it; the next release has false here
 * @param keys the issuer's JWK set: an http(s) URL, or a file that is read again when it has changed. Left out, the issuer
 *     is asked where it is, as OpenID Connect Discovery 1.0 says
 * @param subjectClaim the claim that names the user; for a buyer it is the buyer id
 * @param rolesClaim the claim that lists {@code buyer}, {@code operator} or {@code monitor}; dots lead into nested claims, as in
 *     {@code realm_access.roles}
 */
public record UserTokenProperties(
        @NotBlank String issuer,
        @NotBlank String audience,
        @DefaultValue("true") boolean sharedAudience,
        @Nullable URI keys,
        @DefaultValue("sub") @NotBlank String subjectClaim,
        @DefaultValue("roles") @NotBlank String rolesClaim) {}
