package io.holdfast.localplatform.runfolder;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class TokensTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    @Test
    void aTokenSaysWhoItsBearerIsAndIsSignedWithTheKeyThatServicesAreGiven() throws Exception {
        Tokens tokens = tokens();

        SignedJWT token = SignedJWT.parse(tokens.buyer("alice", HOUR));

        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("alice");
        assertThat(token.getJWTClaimsSet().getStringListClaim("roles")).containsExactly("buyer");
        assertThat(token.getJWTClaimsSet().getAudience())
                .containsExactly("order-svc", "stock-svc", "payment-svc", "gateway-sandbox", Tokens.AUDIENCE);
        assertThat(isTaken(token, tokens.publicKeys())).isTrue();
        assertThat(isTaken(token, tokens.publicKeys("order-svc"))).isFalse();
    }

    @Test
    void aTokenForOneServiceNamesNoOther() throws Exception {
        SignedJWT token = SignedJWT.parse(tokens().forService("payment-svc", "olga", "operator", HOUR));

        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("payment-svc");
    }

    @Test
    void aMonitorsTokenHasNoOtherRole() throws Exception {
        SignedJWT token = SignedJWT.parse(tokens().monitor("prometheus", HOUR));

        assertThat(token.getJWTClaimsSet().getStringListClaim("roles")).containsExactly("monitor");
    }

    @Test
    void keysAreMadeOnceAndOnlyTheirOwnerCanReadThem() throws Exception {
        String token = tokens().operator("olga", HOUR);

        assertThat(isTaken(SignedJWT.parse(token), tokens().publicKeys())).isTrue();
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).hasSize(4).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
        assertThat(Files.readString(tokens().publicKeys())).doesNotContain("\"d\"");
    }

    @Test
    void afterARotationOlderTokensOfPeopleAreNotTakenButAServicesLastOnesAre() throws Exception {
        Tokens tokens = tokens();
        SignedJWT oldOfPerson = SignedJWT.parse(tokens.buyer("alice", HOUR));
        SignedJWT oldOfService = SignedJWT.parse(tokens.service("order-svc", "stock-svc", HOUR));

        tokens.rotate();

        SignedJWT newOfPerson = SignedJWT.parse(tokens.buyer("alice", HOUR));
        SignedJWT newOfService = SignedJWT.parse(tokens.service("order-svc", "stock-svc", HOUR));
        assertThat(isTaken(oldOfPerson, tokens.publicKeys())).isFalse();
        assertThat(isTaken(newOfPerson, tokens.publicKeys())).isTrue();
        assertThat(isTaken(oldOfService, tokens.publicKeys("order-svc"))).isTrue();
        assertThat(isTaken(newOfService, tokens.publicKeys("order-svc"))).isTrue();

        tokens.rotate();
        assertThat(isTaken(oldOfService, tokens.publicKeys("order-svc"))).isFalse();
    }

    private Tokens tokens() {
        return Tokens.in(folder, List.of("order-svc"));
    }

    private static boolean isTaken(SignedJWT token, Path keys) throws Exception {
        JWK key = load(keys).getKeyByKeyId(token.getHeader().getKeyID());
        return key != null && token.verify(new RSASSAVerifier(key.toRSAKey()));
    }

    private static JWKSet load(Path keys) throws Exception {
        return JWKSet.load(keys.toFile());
    }
}
