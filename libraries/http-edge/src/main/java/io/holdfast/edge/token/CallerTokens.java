package io.holdfast.edge.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Tokens of several services, each with keys of its own: a token is checked as one of the service that it names as its issuer. It is
 * read for that name once and not with each call, for that took more than all else of the check; only the check itself says
 * whether the name is true.
 */
public final class CallerTokens implements JwtDecoder {

    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

    /** A caller uses few at a time. */
    private static final int MAX_TOKENS = 1_000;

    private final Map<String, JwtDecoder> callers;
    private final Cache<String, JwtDecoder> checkedBy = Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .expireAfterWrite(TIME_TO_LIVE)
            .build();

    /** @param callers by name of the service, how its tokens are checked */
    public CallerTokens(Map<String, JwtDecoder> callers) {
        this.callers = Map.copyOf(callers);
    }

    @Override
    public Jwt decode(String token) {
        JwtDecoder known = checkedBy.getIfPresent(token);
        if (known != null) {
            return known.decode(token);
        }
        JwtDecoder named = callers.getOrDefault(issuerOf(token), CallerTokens::ofNobody);
        Jwt jwt = named.decode(token);
        // Only now: nobody shall be able to fill the memory with tokens of his own making.
        checkedBy.put(token, named);
        return jwt;
    }

    private static String issuerOf(String token) {
        try {
            @Nullable String issuer = SignedJWT.parse(token).getJWTClaimsSet().getIssuer();
            return issuer == null ? "" : issuer;
        } catch (ParseException e) {
            throw new BadJwtException("Not a token", e);
        }
    }

    private static Jwt ofNobody(String token) {
        throw new BadJwtException("The token is of nobody who may call");
    }
}
