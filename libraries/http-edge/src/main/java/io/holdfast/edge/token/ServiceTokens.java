package io.holdfast.edge.token;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes the tokens by which this service proves itself to those it calls: signed with its own key, for one audience, and
 * short-lived. A token is used for half its life, so that none expires on its way.
 */
public final class ServiceTokens {

    private final String self;
    private final Supplier<RSAKey> key;
    private final Duration lifetime;
    private final Clock clock;
    private final LoadingCache<String, String> tokens;

    /** @param key asked for each token, so that a rotated key is used without a restart */
    ServiceTokens(String self, Supplier<RSAKey> key, Duration lifetime, Clock clock) {
        this.self = self;
        this.key = key;
        this.lifetime = lifetime;
        this.clock = clock;
        // By the same clock as the expiry of the tokens.
        this.tokens = Caffeine.newBuilder()
                .expireAfterWrite(lifetime.dividedBy(2))
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build(this::make);
        // A service that cannot prove itself shall not start.
        key.get();
    }

    /**
     * @param self name of this service
     * @throws IllegalStateException if its key cannot be read
     */
    public static ServiceTokens of(String self, ServiceTokenProperties properties, Clock clock) {
        return new ServiceTokens(self, () -> JwkSources.privateKeyIn(properties.key()), properties.lifetime(), clock);
    }

    /** @param service name of the service that is called; it takes no token that was made for another */
    public String tokenFor(String service) {
        return tokens.get(service);
    }

    private String make(String service) {
        Instant now = clock.instant();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(self)
                .subject(self)
                .audience(service)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        RSAKey signing = key.get();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(signing.getKeyID())
                        .build(),
                claims);
        try {
            token.sign(new RSASSASigner(signing));
        } catch (JOSEException e) {
            throw new IllegalStateException("A token for " + service + " could not be signed", e);
        }
        return token.serialize();
    }
}
