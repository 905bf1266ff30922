package io.holdfast.edge.token;

import java.time.Duration;
import java.time.Instant;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/** A token says when it was made, which is not in the future, and lives no longer than it may from then on. */
final class MaxLifetimeValidator implements OAuth2TokenValidator<Jwt> {

    private static final OAuth2TokenValidatorResult TOO_LONG = OAuth2TokenValidatorResult.failure(new OAuth2Error(
            OAuth2ErrorCodes.INVALID_TOKEN, "The token lives for too long, or does not say when it was made", null));

    private final Duration max;
    private final Duration clockSkew;

    MaxLifetimeValidator(Duration max, Duration clockSkew) {
        this.max = max;
        this.clockSkew = clockSkew;
    }

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        Instant made = token.getIssuedAt();
        Instant ends = token.getExpiresAt();
        return made == null
                        || ends == null
                        || made.isAfter(Instant.now().plus(clockSkew))
                        || ends.isAfter(made.plus(max))
                ? TOO_LONG
                : OAuth2TokenValidatorResult.success();
    }
}
