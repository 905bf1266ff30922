package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.edge.token.AuthorizationHeaderTokenResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/** What is faster than Spring Security's own must not let anything else through. */
class HeadersTest {

    private static final String[] SCHEMES = {
        "Bearer ", "bearer ", "BEARER ", "Bearer", "Bearer  ", "Basic ", "Bear", " Bearer "
    };
    private static final String TOKEN_CHARACTERS = "abzABZ059-._~+/=";
    private static final String OTHERS = " \t\"(),:;<>@[]{}\u00e9\u0000\u007f\n";

    @Test
    void anyHeaderNamesTheSameTokenAsToSpringSecurity() {
        BearerTokenResolver springs = new DefaultBearerTokenResolver();
        BearerTokenResolver ours = new AuthorizationHeaderTokenResolver();
        Random random = new Random(20_261_127);
        int tokens = 0;
        int malformed = 0;
        for (int i = 0; i < 50_000; i++) {
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.addHeader(HttpHeaders.AUTHORIZATION, authorization(random));
            String expected = resolve(springs, request);
            assertThat(resolve(ours, request))
                    .as(request.getHeader(HttpHeaders.AUTHORIZATION))
                    .isEqualTo(expected);
            if ("malformed".equals(expected)) {
                malformed++;
            } else if (expected != null) {
                tokens++;
            }
        }
        assertThat(tokens).isGreaterThan(5_000);
        assertThat(malformed).isGreaterThan(5_000);
    }

    @Test
    void aRequestWithoutTheHeaderHasNoToken() {
        assertThat(new AuthorizationHeaderTokenResolver().resolve(new MockHttpServletRequest()))
                .isNull();
    }

    @Test
    void aTokenInTheQueryOrTheFormIsNone() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/orders");
        request.setContentType("application/x-www-form-urlencoded");
        request.setQueryString("access_token=abc");
        request.addParameter("access_token", "abc");
        assertThat(new AuthorizationHeaderTokenResolver().resolve(request)).isNull();
    }

    @Test
    void theFirewallAllowsTheSameValuesAsSpringSecurity() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/orders");
        HttpServletRequest springs = new StrictHttpFirewall().getFirewalledRequest(request);
        HttpServletRequest ours = new AccessAutoConfiguration().httpFirewall().getFirewalledRequest(request);
        int refused = 0;
        // All of the first plane, and some of each other.
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < Character.MIN_SUPPLEMENTARY_CODE_POINT ? 1 : 101) {
            request.removeHeader("X-Any");
            request.addHeader("X-Any", "a" + Character.toString(c) + "z");
            boolean expected = lets(springs);
            assertThat(lets(ours)).as("U+%04X", c).isEqualTo(expected);
            refused += expected ? 0 : 1;
        }
        assertThat(refused).isGreaterThan(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"期初余额", "Größe", "🍵"})
    void theFirewallLetsTextInUtf8ThroughAlthoughItsBytesLookLikeControlCharacters(String text) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/orders");
        request.addHeader("X-Any", new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        assertThat(lets(new AccessAutoConfiguration().httpFirewall().getFirewalledRequest(request)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0085b", "a\nb", "a\u0007"})
    void theFirewallLetsNoControlCharacterThroughForBeingInUtf8(String text) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/orders");
        request.addHeader("X-Any", new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        assertThat(lets(new AccessAutoConfiguration().httpFirewall().getFirewalledRequest(request)))
                .isFalse();
    }

    private static boolean lets(HttpServletRequest request) {
        try {
            return request.getHeader("X-Any") != null;
        } catch (RequestRejectedException e) {
            return false;
        }
    }

    private static String authorization(Random random) {
        StringBuilder header = new StringBuilder(SCHEMES[random.nextInt(SCHEMES.length)]);
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            String from = random.nextInt(20) == 0 ? OTHERS : TOKEN_CHARACTERS;
            header.append(from.charAt(random.nextInt(from.length())));
        }
        header.append("=".repeat(random.nextInt(3)));
        return header.toString();
    }

    private static @Nullable String resolve(BearerTokenResolver resolver, MockHttpServletRequest request) {
        try {
            return resolver.resolve(request);
        } catch (OAuth2AuthenticationException e) {
            assertThat(e.getError().getErrorCode()).isEqualTo("invalid_token");
            return "malformed";
        }
    }
}
