package io.holdfast.edge.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.holdfast.edge.testtokens.Issuer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

class CachingJwtDecoderTest {

    @TempDir
    Path folder;

    private final AtomicInteger checks = new AtomicInteger();
    private final AtomicBoolean expired = new AtomicBoolean();
    private final AtomicBoolean issuerAway = new AtomicBoolean();
    private Issuer issuer;
    private CachingJwtDecoder tokens;

    @BeforeEach
    void anIssuer() {
        issuer = new Issuer("https://people.example", "holdfast", folder.resolve("people.jwks"));
        JWKSource<SecurityContext> file = JwkSources.at(issuer.publicKeys().toUri());
        JWKSource<SecurityContext> keys = (selector, context) -> {
            if (issuerAway.get()) {
                throw new KeySourceException("away");
            }
            return file.get(selector, context);
        };
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        NimbusJwtDecoder signatures = new NimbusJwtDecoder(processor);
        signatures.setJwtValidator(token -> OAuth2TokenValidatorResult.success());
        tokens = new CachingJwtDecoder(
                keys,
                token -> {
                    checks.incrementAndGet();
                    return signatures.decode(token);
                },
                token -> expired.get()
                        ? OAuth2TokenValidatorResult.failure(new OAuth2Error("expired"))
                        : OAuth2TokenValidatorResult.success());
    }

    @Test
    void theSignatureOfATokenIsCheckedOnce() {
        String alice = issuer.token("alice", "buyer");

        Jwt first = tokens.decode(alice);
        Jwt second = tokens.decode(alice);

        assertThat(first.getSubject()).isEqualTo("alice");
        assertThat(second).isSameAs(first);
        assertThat(tokens.decode(issuer.token("bob", "buyer")).getSubject()).isEqualTo("bob");
        assertThat(checks).hasValue(2);
    }

    @Test
    void aTokenThatWasSeenIsRefusedOnceItHasExpired() {
        String alice = issuer.token("alice", "buyer");
        tokens.decode(alice);

        expired.set(true);

        assertThatThrownBy(() -> tokens.decode(alice)).isInstanceOf(JwtValidationException.class);
    }

    @Test
    void aTokenThatWasSeenIsRefusedOnceItsKeyIsWithdrawn() {
        String alice = issuer.token("alice", "buyer");
        tokens.decode(alice);

        issuer.rotate();

        assertThatThrownBy(() -> tokens.decode(alice)).isInstanceOf(BadJwtException.class);
    }

    @Test
    void anotherSignatureUnderATokenThatWasSeenIsChecked() {
        String alice = issuer.token("alice", "buyer");
        tokens.decode(alice);
        String forged = alice.substring(0, alice.lastIndexOf('.') + 1)
                + issuer.token("eve", "buyer").substring(alice.lastIndexOf('.') + 1);

        assertThatThrownBy(() -> tokens.decode(forged)).isInstanceOf(BadJwtException.class);
        assertThatThrownBy(() -> tokens.decode(forged)).isInstanceOf(BadJwtException.class);
        assertThat(checks).hasValue(3);
    }

    @Test
    void nothingIsBelievedFromMemoryWhileTheIssuerCannotBeAsked() {
        String alice = issuer.token("alice", "buyer");
        tokens.decode(alice);

        issuerAway.set(true);

        assertThatThrownBy(() -> tokens.decode(alice)).isInstanceOf(JwtException.class);
    }
}
