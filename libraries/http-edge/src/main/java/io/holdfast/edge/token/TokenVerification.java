package io.holdfast.edge.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtIssuerAuthenticationManagerResolver;

/** How the tokens of users and of other services are verified. */
public final class TokenVerification {

    /** For so long an issuer that did not answer is not asked again. */
    public static final Duration ISSUER_RETRY_AFTER = RemoteJwkSource.FAILURE_KEPT;

    /** Asymmetric only: a shared secret, and "none" all the more, would let anybody who can check a token make one. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private TokenVerification() {}

    /**
     * A token of a user.
     *
     * @param self name of this service, for which the tokens have to be
     * @param clockSkew how far the issuer's clock may be off
     */
    public static JwtDecoder ofUsers(
            String self, UserTokenProperties users, Duration clockSkew, MeterRegistry metrics, Clock clock) {
        URI location = users.keys();
        JWKSource<SecurityContext> keys = location == null ? JwkSources.of(users.issuer()) : JwkSources.at(location);
        return decoder(
                keys, users.issuer(), clockSkew, List.of(new UserAudienceValidator(self, users, metrics, clock)));
    }

    /**
     * A token of another service.
     *
     * @param keys where that service's public keys are
     * @param self name of this service, for which the tokens have to be
     * @param maxLifetime a token that is made for longer is refused
     * @param clockSkew how far the other service's clock may be off
     */
    public static JwtDecoder ofService(
            String service, URI keys, String self, Duration maxLifetime, Duration clockSkew) {
        return decoder(
                JwkSources.at(keys),
                service,
                clockSkew,
                List.of(isFor(self), new MaxLifetimeValidator(maxLifetime, clockSkew)));
    }

    /**
     * Verifies each token as one of the service that it names as its issuer. Only the verification says whether the name is true.
     *
     * @param decoders by name of the service; whoever is not among them may not call
     */
    public static AuthenticationManagerResolver<HttpServletRequest> ofServices(
            Map<String, JwtDecoder> decoders, Converter<Jwt, ? extends AbstractAuthenticationToken> converter) {
        Map<String, AuthenticationManager> managers = decoders.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, service -> manager(service.getValue(), converter)));
        return new JwtIssuerAuthenticationManagerResolver(managers::get);
    }

    private static AuthenticationManager manager(
            JwtDecoder decoder, Converter<Jwt, ? extends AbstractAuthenticationToken> converter) {
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
        provider.setJwtAuthenticationConverter(converter);
        return provider::authenticate;
    }

    private static OAuth2TokenValidator<Jwt> isFor(String service) {
        return new JwtClaimValidator<Collection<String>>(
                JwtClaimNames.AUD, audiences -> audiences != null && audiences.contains(service));
    }

    private static JwtDecoder decoder(
            JWKSource<SecurityContext> keys, String issuer, Duration clockSkew, List<OAuth2TokenValidator<Jwt>> more) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        // The validators below check the claims.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        NimbusJwtDecoder signatures = new NimbusJwtDecoder(processor);
        signatures.setJwtValidator(token -> OAuth2TokenValidatorResult.success());
        OAuth2TokenValidator<Jwt> expires = new JwtClaimValidator<Object>(JwtClaimNames.EXP, exp -> exp != null);
        OAuth2TokenValidator<Jwt> named =
                new JwtClaimValidator<String>(JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank());
        return new CachingJwtDecoder(
                keys,
                signatures,
                new DelegatingOAuth2TokenValidator<>(Stream.concat(
                                Stream.of(
                                        new JwtTimestampValidator(clockSkew),
                                        new JwtIssuerValidator(issuer),
                                        expires,
                                        named),
                                more.stream())
                        .toList()));
    }
}
