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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

class CallerTokensTest {

    @TempDir
    private static Path folder;

    private static Issuer orders;
    private static Issuer payments;

    private final List<String> checks = new ArrayList<>();
    private boolean refusing;
    private CallerTokens tokens;

    /** Once: it takes a while to find their keys. */
    @BeforeAll
    static void twoCallers() {
        orders = new Issuer("order-svc", "stock-svc", folder.resolve("orders.jwks"));
        payments = new Issuer("payment-svc", "stock-svc", folder.resolve("payments.jwks"));
    }

    @BeforeEach
    void theirTokensAreChecked() {
        tokens = new CallerTokens(Map.of("order-svc", checkOf("order-svc"), "payment-svc", checkOf("payment-svc")));
    }

    @Test
    void aTokenIsCheckedAsOneOfTheServiceThatItNamesEachTimeItComes() {
        String ordersToken = orders.token("order-svc", "service");
        String paymentsToken = payments.token("payment-svc", "service");

        for (String token : List.of(ordersToken, paymentsToken, ordersToken, paymentsToken)) {
            assertThat(tokens.decode(token).getTokenValue()).isEqualTo(token);
        }

        assertThat(checks).containsExactly("order-svc", "payment-svc", "order-svc", "payment-svc");
    }

    @Test
    void aTokenThatWasRightIsRefusedOnceItsCheckRefusesIt() {
        String token = orders.token("order-svc", "service");
        tokens.decode(token);

        refusing = true;

        assertThatThrownBy(() -> tokens.decode(token)).hasMessage("refused by order-svc");
    }

    @Test
    void aTokenThatWasRefusedIsTakenOnceItsCheckTakesIt() {
        String token = orders.token("order-svc", "service");
        refusing = true;
        assertThatThrownBy(() -> tokens.decode(token)).isInstanceOf(BadJwtException.class);

        refusing = false;

        assertThat(tokens.decode(token).getTokenValue()).isEqualTo(token);
        assertThat(checks).containsExactly("order-svc", "order-svc");
    }

    @Test
    void whoIsNoCallerIsRefusedWithoutACheck() {
        String stranger =
                new Issuer("search-svc", "stock-svc", folder.resolve("s.jwks")).token("search-svc", "service");

        assertThatThrownBy(() -> tokens.decode(stranger)).isInstanceOf(BadJwtException.class);
        assertThatThrownBy(() -> tokens.decode(orders.token(claims -> claims.issuer(null))))
                .isInstanceOf(BadJwtException.class);
        assertThat(checks).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b", "a.b.c", "..", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJvcmRlci1zdmMifQ."})
    void whatIsNoSignedTokenIsRefused(String token) {
        assertThatThrownBy(() -> tokens.decode(token)).isInstanceOf(BadJwtException.class);
        assertThat(checks).isEmpty();
    }

    @Test
    void anEncryptedTokenIsRefused() throws Exception {
        EncryptedJWT encrypted = new EncryptedJWT(
                new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A128GCM),
                new JWTClaimsSet.Builder().issuer("order-svc").build());
        encrypted.encrypt(new DirectEncrypter(new byte[16]));

        assertThatThrownBy(() -> tokens.decode(encrypted.serialize())).isInstanceOf(BadJwtException.class);
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
