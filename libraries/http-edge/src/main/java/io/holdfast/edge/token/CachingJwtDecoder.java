package io.holdfast.edge.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * Verifies the signature of a token once for many requests. It costs more than all the rest of an access check, and a caller uses the
 * same token for many calls. At each request the claims are validated anew, the expiry above all, and whether the issuer still has the
 * key.
 *
 * <p>A token counts as known only if it is the same in every character, and only tokens with a valid signature are remembered.
 */
final class CachingJwtDecoder implements JwtDecoder {

    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

    /** Some 4 KB each. */
    private static final int MAX_TOKENS = 5_000;

    private final JWKSource<SecurityContext> keys;
    private final JwtDecoder signatures;
    private final OAuth2TokenValidator<Jwt> claims;
    private final Cache<String, Signed> remembered = Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .expireAfterWrite(TIME_TO_LIVE)
            .build();

    /**
     * @param signatures reads a token, and checks its signature by these keys and nothing else
     * @param claims asked at each request
     */
    CachingJwtDecoder(JWKSource<SecurityContext> keys, JwtDecoder signatures, OAuth2TokenValidator<Jwt> claims) {
        this.keys = keys;
        this.signatures = signatures;
        this.claims = claims;
    }

    @Override
    public Jwt decode(String token) {
        Signed known = remembered.getIfPresent(token);
        Jwt jwt = known != null && known.by().equals(keysNamed(known.keyId())) ? known.token() : verified(token);
        OAuth2TokenValidatorResult result = claims.validate(jwt);
        if (result.hasErrors()) {
            throw new JwtValidationException("The token is signed and does not hold here", result.getErrors());
        }
        return jwt;
    }

    private Jwt verified(String token) {
        String keyId = keyIdOf(token);
        // Read before the signature is checked: if the key is replaced in between, the next request checks again.
        List<JWK> by = keyId == null ? null : keysNamed(keyId);
        Jwt jwt = signatures.decode(token);
        if (keyId != null && by != null) {
            remembered.put(token, new Signed(jwt, keyId, by));
        }
        return jwt;
    }

    /** @return null if it names none; then it is checked each time */
    private static @Nullable String keyIdOf(String token) {
        try {
            return SignedJWT.parse(token).getHeader().getKeyID();
        } catch (ParseException e) {
            // The check will say so.
            return null;
        }
    }

    /** @return null if the issuer cannot be asked */
    private @Nullable List<JWK> keysNamed(String keyId) {
        try {
            return keys.get(
                    new JWKSelector(new JWKMatcher.Builder().keyID(keyId).build()), null);
        } catch (KeySourceException e) {
            return null;
        }
    }

    /** @param by the keys of that name */
    private record Signed(Jwt token, String keyId, List<JWK> by) {}
}
