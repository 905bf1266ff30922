package io.holdfast.edge.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import feign.RequestInterceptor;
import io.holdfast.edge.ProblemWriter;
import io.holdfast.edge.WarmUp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
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
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Closes every port: people's tokens on the public endpoints, services' tokens on the internal ones, health and the API's own
 * description open, and everything that is named nowhere refused.
 */
@AutoConfiguration(
        beforeName = "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(AccessSettings.class)
public class AccessAutoConfiguration {

    /** Asymmetric only: a shared secret, and "none" all the more, would let anybody who can check a token make one. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private static final String HEALTH = "/actuator/health/**";
    private static final String[] DOCUMENTS = {"/v3/api-docs/**", "/swagger-ui.html", "/swagger-ui/**"};

    @Bean
    RefusalLog refusalLog(ObjectProvider<MeterRegistry> metrics) {
        return new RefusalLog(metrics.getIfAvailable(CompositeMeterRegistry::new));
    }

    @Bean
    AccessProblems accessProblems(ProblemWriter problems, AccessRules rules, RefusalLog refusals) {
        return new AccessProblems(problems, rules, refusals);
    }

    @Bean
    @ConditionalOnMissingBean
    AccessRules accessRules() {
        return new AccessRules();
    }

    /** An observation for each filter of each request costs more than checking the token does; the request as a whole has one anyway. */
    @Bean
    @ConditionalOnMissingBean
    SecurityObservationSettings securityObservationSettings() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    @ConditionalOnMissingBean
    HttpFirewall httpFirewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderValues(HeaderValues::areAllowed);
        return firewall;
    }

    @Bean
    @Order(1)
    SecurityFilterChain internalEndpoints(
            HttpSecurity http,
            AccessSettings settings,
            AccessProblems problems,
            @Value("${spring.application.name}") String self) {
        JwtDecoder decoder = new CallerTokens(settings.callers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        caller -> decoder(
                                Keys.at(caller.getValue()),
                                caller.getKey(),
                                settings,
                                List.of(
                                        isFor(self),
                                        new BoundedLifetime(
                                                settings.maxServiceTokenLifetime(), settings.clockSkew()))))));
        return stateless(http, problems)
                .securityMatcher(settings.servicePaths().toArray(String[]::new))
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(Role.SERVICE.authority()))
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new BearerHeader())
                        .jwt(jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(serviceConverter()))
                        .authenticationEntryPoint(problems)
                        .accessDeniedHandler(problems)
                        .withObjectPostProcessor(answerAllFailures(problems)))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain publicEndpoints(
            HttpSecurity http,
            AccessSettings settings,
            AccessProblems problems,
            AccessRules rules,
            ProblemWriter writer,
            RefusalLog refusals,
            ObjectProvider<MeterRegistry> metrics,
            ObjectProvider<AuditLog> audit,
            @Value("${spring.application.name}") String self) {
        AuditLog entries = audit.getIfAvailable();
        if (entries != null) {
            rules.allow(HttpMethod.GET, AuditResource.PATH, Role.OPERATOR).tellingOfNobody(AuditResource.PATH);
        }
        AccessSettings.People people = settings.people();
        JWKSource<SecurityContext> keys = people.keys() == null ? Keys.of(people.issuer()) : Keys.at(people.keys());
        PeopleAudience audience = new PeopleAudience(
                self, people, metrics.getIfAvailable(CompositeMeterRegistry::new), Clock.systemUTC());
        JwtDecoder decoder = decoder(keys, people.issuer(), settings, List.of(audience));
        RequestMatcher health = PathPatternRequestMatcher.withDefaults().matcher(HEALTH);
        RequestMatcher documents = new OrRequestMatcher(Arrays.stream(DOCUMENTS)
                .<RequestMatcher>map(PathPatternRequestMatcher.withDefaults()::matcher)
                .toList());
        return stateless(http, problems)
                .authorizeHttpRequests(requests -> {
                    requests.requestMatchers(health, documents).permitAll();
                    requests.requestMatchers("/error").permitAll();
                    rules.rules().forEach(rule -> rule.methods()
                            .forEach(method -> requests.requestMatchers(method, rule.pattern())
                                    .hasAnyAuthority(rule.authorities())));
                    for (HttpMethod reading : READING) {
                        requests.requestMatchers(reading, "/actuator/**")
                                .hasAnyAuthority(Role.MONITOR.authority(), Role.OPERATOR.authority());
                    }
                    requests.requestMatchers("/actuator/**").hasAuthority(Role.OPERATOR.authority());
                    requests.anyRequest().denyAll();
                })
                .addFilterBefore(
                        new StrangerRateFilter(settings.strangerRate(), health, documents, writer, refusals),
                        BearerTokenAuthenticationFilter.class)
                .addFilterAfter(
                        new BuyerRateFilter(settings.buyerRate(), writer), BearerTokenAuthenticationFilter.class)
                .addFilterAfter(new AuditFilter(rules, entries, writer), AuthorizationFilter.class)
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new BearerHeader())
                        .jwt(jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(peopleConverter(people)))
                        .authenticationEntryPoint(problems)
                        .accessDeniedHandler(problems)
                        .withObjectPostProcessor(answerAllFailures(problems)))
                .build();
    }

    /** With a key of its own: nobody is asked for theirs. */
    @Bean
    WarmUp tokenPath() {
        return new WarmUp("token checks", TokenRehearsal::run);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("holdfast.access.identity.key")
    ServiceTokens serviceTokens(
            AccessSettings settings, @Value("${spring.application.name}") String self, ObjectProvider<Clock> clock) {
        AccessSettings.Identity identity = Objects.requireNonNull(settings.identity());
        return new ServiceTokens(
                self,
                () -> Keys.privateKeyIn(identity.key()),
                identity.lifetime(),
                clock.getIfAvailable(Clock::systemUTC));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestInterceptor.class)
    static class OverFeign {

        @Bean
        @ConditionalOnProperty("holdfast.access.identity.key")
        ServiceTokenOverFeign serviceTokenOverFeign(ServiceTokens tokens) {
            return new ServiceTokenOverFeign(tokens);
        }
    }

    /** Spring Security rethrows a failure to check a token; it shall be answered like any other problem. */
    private static ObjectPostProcessor<BearerTokenAuthenticationFilter> answerAllFailures(AccessProblems problems) {
        AuthenticationEntryPointFailureHandler handler = new AuthenticationEntryPointFailureHandler(problems);
        handler.setRethrowAuthenticationServiceException(false);
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                filter.setAuthenticationFailureHandler(handler);
                return filter;
            }
        };
    }

    private static HttpSecurity stateless(HttpSecurity http, AccessProblems problems) {
        // Tokens are sent by programs, never by a browser on its own, so there is no session and nothing to forge a
        // request with.
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(anonymous -> {})
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(problems).accessDeniedHandler(problems));
    }

    private static OAuth2TokenValidator<Jwt> isFor(String service) {
        return new JwtClaimValidator<Collection<String>>(
                JwtClaimNames.AUD, audiences -> audiences != null && audiences.contains(service));
    }

    private static JwtDecoder decoder(
            JWKSource<SecurityContext> keys,
            String issuer,
            AccessSettings settings,
            List<OAuth2TokenValidator<Jwt>> more) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        // The validators below check the claims.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        NimbusJwtDecoder signatures = new NimbusJwtDecoder(processor);
        signatures.setJwtValidator(token -> OAuth2TokenValidatorResult.success());
        OAuth2TokenValidator<Jwt> expires = new JwtClaimValidator<Object>(JwtClaimNames.EXP, exp -> exp != null);
        OAuth2TokenValidator<Jwt> named =
                new JwtClaimValidator<String>(JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank());
        return new RememberedTokens(
                keys,
                signatures,
                new DelegatingOAuth2TokenValidator<>(Stream.concat(
                                Stream.of(
                                        new JwtTimestampValidator(settings.clockSkew()),
                                        new JwtIssuerValidator(issuer),
                                        expires,
                                        named),
                                more.stream())
                        .toList()));
    }

    private static JwtAuthenticationConverter serviceConverter() {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(
                token -> List.of(new SimpleGrantedAuthority(Role.SERVICE.authority())));
        return converter;
    }

    private static JwtAuthenticationConverter peopleConverter(AccessSettings.People people) {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setPrincipalClaimName(people.subjectClaim());
        converter.setJwtGrantedAuthoritiesConverter(token -> authorities(token, people.rolesClaim()));
        return converter;
    }

    /** A token of a person never makes its bearer a service, whatever it claims. */
    private static Collection<GrantedAuthority> authorities(Jwt token, String rolesClaim) {
        Object claim = token.getClaims();
        for (String step : rolesClaim.split("\\.")) {
            claim = claim instanceof Map<?, ?> claims ? claims.get(step) : null;
        }
        Collection<?> claimed =
                claim instanceof Collection<?> several ? several : claim == null ? Set.of() : Set.of(claim);
        return Arrays.stream(Role.values())
                .filter(role -> role != Role.SERVICE && claimed.contains(role.claim()))
                .<GrantedAuthority>map(role -> new SimpleGrantedAuthority(role.authority()))
                .toList();
    }
}
