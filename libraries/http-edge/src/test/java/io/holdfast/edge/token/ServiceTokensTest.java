package io.holdfast.edge.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.SignedJWT;
import io.holdfast.edge.testtokens.Issuer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTokensTest {

    @TempDir
    Path folder;

    @Test
    void aServiceSignsWithItsNewKeyWithoutARestart() throws Exception {
        Path file = folder.resolve("rotating.jwk");
        Issuer issuer = new Issuer("tea-svc", "any", folder.resolve("rotating.jwks"));
        Files.writeString(file, issuer.key().toJSONString());
        TickingClock clock = new TickingClock();
        ServiceTokens tokens = new ServiceTokens(
                "tea-svc", () -> JwkSources.privateKeyIn(file.toUri()), Duration.ofSeconds(60), clock);
        String before = tokens.tokenFor("stock-svc");
        issuer.rotate();
        Files.writeString(file, issuer.key().toJSONString());

        clock.advance(Duration.ofSeconds(29));
        assertThat(tokens.tokenFor("stock-svc")).isEqualTo(before);
        clock.advance(Duration.ofSeconds(1));
        assertThat(SignedJWT.parse(tokens.tokenFor("stock-svc")).getHeader().getKeyID())
                .isEqualTo(issuer.key().getKeyID());
    }

    @Test
    void aServiceWhoseKeyCannotBeReadDoesNotStartAndDoesNotQuoteWhatItRead() throws Exception {
        Path file = folder.resolve("broken.jwk");
        Files.writeString(file, "very secret");

        assertThatThrownBy(() -> new ServiceTokens(
                        "tea-svc",
                        () -> JwkSources.privateKeyIn(file.toUri()),
                        Duration.ofSeconds(60),
                        Clock.systemUTC()))
                .hasMessageContaining("broken.jwk")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
