package io.holdfast.edge.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import io.holdfast.edge.testtokens.Issuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

class ServiceTokenAuthenticationTest {

    @TempDir
    private static Path folder;

    private static Issuer orders;
    private static Issuer payments;

    private final List<String> checks = new ArrayList<>();
    private boolean refusing;
    private AuthenticationManager services;

    /** Once: it takes a while to find their keys. */
    @BeforeAll
    static void twoCallers() {
        orders = new Issuer("order-svc", "stock-svc", folder.resolve("orders.jwks"));
        payments = new Issuer("payment-svc", "stock-svc", folder.resolve("payments.jwks"));
    }

    @BeforeEach
    void theirTokensAreChecked() {
        services = TokenVerification.ofServices(
                        Map.of("order-svc", checkOf("order-svc"), "payment-svc", checkOf("payment-svc")),
                        JwtAuthenticationToken::new)
                .resolve(new MockHttpServletRequest());
    }

    @Test
    void aTokenIsCheckedAsOneOfTheServiceThatItNamesEachTimeItComes() {
        String ordersToken = orders.token("order-svc", "service");
        String paymentsToken = payments.token("payment-svc", "service");

        for (String token : List.of(ordersToken, paymentsToken, ordersToken, paymentsToken)) {
            assertThat(authenticate(token).getToken().getTokenValue()).isEqualTo(token);
        }

        assertThat(checks).containsExactly("order-svc", "payment-svc", "order-svc", "payment-svc");
    }

    @Test
    void aTokenThatWasRightIsRefusedOnceItsCheckRefusesIt() {
        String token = orders.token("order-svc", "service");
        authenticate(token);

        refusing = true;

        assertThatThrownBy(() -> authenticate(token)).hasMessage("refused by order-svc");
    }

    @Test
    void aTokenThatWasRefusedIsTakenOnceItsCheckTakesIt() {
        String token = orders.token("order-svc", "service");
        refusing = true;
        assertThatThrownBy(() -> authenticate(token)).isInstanceOf(InvalidBearerTokenException.class);

        refusing = false;

        assertThat(authenticate(token).getToken().getTokenValue()).isEqualTo(token);
        assertThat(checks).containsExactly("order-svc", "order-svc");
    }

    @Test
    void whoIsNoCallerIsRefusedWithoutACheck() {
        String stranger =
                new Issuer("search-svc", "stock-svc", folder.resolve("s.jwks")).token("search-svc", "service");

        assertThatThrownBy(() -> authenticate(stranger)).isInstanceOf(InvalidBearerTokenException.class);
        assertThatThrownBy(() -> authenticate(orders.token(claims -> claims.issuer(null))))
                .isInstanceOf(InvalidBearerTokenException.class);
        assertThat(checks).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b", "a.b.c", ".."})
    void whatIsNoSignedTokenIsRefused(String token) {
        assertThatThrownBy(() -> authenticate(token)).isInstanceOf(InvalidBearerTokenException.class);
        assertThat(checks).isEmpty();
    }

    @Test
    void anEncryptedTokenIsRefused() throws Exception {
        EncryptedJWT encrypted = new EncryptedJWT(
                new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A128GCM),
                new JWTClaimsSet.Builder().issuer("order-svc").build());
        encrypted.encrypt(new DirectEncrypter(new byte[16]));

        assertThatThrownBy(() -> authenticate(encrypted.serialize())).isInstanceOf(InvalidBearerTokenException.class);
    }

    @Test
    void anUnsignedTokenIsRefusedByTheCheckOfTheServiceThatItNames() {
        services = TokenVerification.ofServices(
                        Map.of(
                                "order-svc",
                                TokenVerification.ofService(
                                        "order-svc",
                                        orders.publicKeys().toUri(),
                                        "stock-svc",
                                        Duration.ofMinutes(10),
                                        Duration.ofSeconds(5))),
                        JwtAuthenticationToken::new)
                .resolve(new MockHttpServletRequest());

        assertThat(authenticate(orders.token("order-svc", "service")).getName()).isEqualTo("order-svc");
        assertThatThrownBy(() -> authenticate("eyJhbGciOiJub25lIn0.eyJpc3MiOiJvcmRlci1zdmMifQ."))
                .isInstanceOf(InvalidBearerTokenException.class);
        assertThatThrownBy(() -> authenticate(orders.unsigned(claims -> claims.subject("order-svc"))))
                .isInstanceOf(InvalidBearerTokenException.class);
    }

    private JwtAuthenticationToken authenticate(String token) {
        return (JwtAuthenticationToken) services.authenticate(new BearerTokenAuthenticationToken(token));
    }

    private JwtDecoder checkOf(String service) {
        return token -> {
            checks.add(service);
            if (refusing) {
                throw new BadJwtException("refused by " + service);
            }
            return Jwt.withTokenValue(token)
                    .header("alg", "RS256")
                    .subject(service)
                    .build();
        };
    }
}
