package io.holdfast.edge.security;

import feign.RequestInterceptor;
import io.holdfast.edge.access.AccessRules;
import io.holdfast.edge.access.Role;
import io.holdfast.edge.audit.AuditAutoConfiguration;
import io.holdfast.edge.audit.AuditFilter;
import io.holdfast.edge.audit.AuditLog;
import io.holdfast.edge.logging.RefusalLog;
import io.holdfast.edge.problem.ProblemWriter;
import io.holdfast.edge.rate.AnonymousRateFilter;
import io.holdfast.edge.rate.BuyerRateFilter;
import io.holdfast.edge.startup.WarmUp;
import io.holdfast.edge.token.AuthorizationHeaderTokenResolver;
import io.holdfast.edge.token.ServiceTokenFeignInterceptor;
import io.holdfast.edge.token.ServiceTokens;
import io.holdfast.edge.token.TokenVerification;
import io.holdfast.edge.token.TokenWarmUp;
import io.holdfast.edge.token.UserTokenProperties;
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
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
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
 * Closes every port: tokens of users on the public endpoints, tokens of services on the internal ones, health and the API's own
 * description open, and everything that is named nowhere refused.
 */
@AutoConfiguration(
        after = AuditAutoConfiguration.class,
        beforeName = "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(AccessProperties.class)
public class AccessAutoConfiguration {

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private static final String HEALTH = "/actuator/health/**";
    private static final String[] DOCUMENTS = {"/v3/api-docs/**", "/swagger-ui.html", "/swagger-ui/**"};

    @Bean
    RefusalLog refusalLog(ObjectProvider<MeterRegistry> metrics) {
        return new RefusalLog(metrics.getIfAvailable(CompositeMeterRegistry::new));
    }

    @Bean
    AccessProblemHandler accessProblems(ProblemWriter problems, AccessRules rules, RefusalLog refusals) {
        return new AccessProblemHandler(problems, rules, refusals);
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
            AccessProperties properties,
            AccessProblemHandler problems,
            @Value("${spring.application.name}") String self) {
        Map<String, JwtDecoder> decoders = properties.callers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        caller -> TokenVerification.ofService(
                                caller.getKey(),
                                caller.getValue(),
                                self,
                                properties.maxServiceTokenLifetime(),
                                properties.clockSkew())));
        return stateless(http, problems)
                .securityMatcher(properties.servicePaths().toArray(String[]::new))
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(Role.SERVICE.authority()))
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new AuthorizationHeaderTokenResolver())
                        .authenticationManagerResolver(TokenVerification.ofServices(decoders, serviceConverter()))
                        .authenticationEntryPoint(problems)
                        .accessDeniedHandler(problems)
                        .withObjectPostProcessor(answerAllFailures(problems)))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain publicEndpoints(
            HttpSecurity http,
            AccessProperties properties,
            AccessProblemHandler problems,
            AccessRules rules,
            ProblemWriter writer,
            RefusalLog refusals,
            ObjectProvider<MeterRegistry> metrics,
            ObjectProvider<AuditLog> audit,
            @Value("${spring.application.name}") String self) {
        AuditLog entries = audit.getIfAvailable();
        if (entries != null) {
            entries.allowReading(rules);
        }
        UserTokenProperties users = properties.users();
        JwtDecoder decoder = TokenVerification.ofUsers(
                self,
                users,
                properties.clockSkew(),
                metrics.getIfAvailable(CompositeMeterRegistry::new),
                Clock.systemUTC());
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
                        new AnonymousRateFilter(properties.anonymousRate(), health, documents, writer, refusals),
                        BearerTokenAuthenticationFilter.class)
                .addFilterAfter(
                        new BuyerRateFilter(properties.buyerRate(), writer), BearerTokenAuthenticationFilter.class)
                .addFilterAfter(new AuditFilter(rules, entries, writer), AuthorizationFilter.class)
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new AuthorizationHeaderTokenResolver())
                        .jwt(jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(userConverter(users)))
                        .authenticationEntryPoint(problems)
                        .accessDeniedHandler(problems)
                        .withObjectPostProcessor(answerAllFailures(problems)))
                .build();
    }

    /** With a key of its own: no issuer is asked for its keys. */
    @Bean
    WarmUp tokenPath() {
        return new WarmUp("token checks", TokenWarmUp::run);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("holdfast.access.identity.key")
    ServiceTokens serviceTokens(
            AccessProperties properties,
            @Value("${spring.application.name}") String self,
            ObjectProvider<Clock> clock) {
        return ServiceTokens.of(
                self, Objects.requireNonNull(properties.identity()), clock.getIfAvailable(Clock::systemUTC));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestInterceptor.class)
    static class OverFeign {

        @Bean
        @ConditionalOnProperty("holdfast.access.identity.key")
        ServiceTokenFeignInterceptor serviceTokenFeignInterceptor(ServiceTokens tokens) {
            return new ServiceTokenFeignInterceptor(tokens);
        }
    }

    /** Spring Security rethrows a failure to check a token; it shall be answered like any other problem. */
    private static ObjectPostProcessor<BearerTokenAuthenticationFilter> answerAllFailures(
            AccessProblemHandler problems) {
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

    private static HttpSecurity stateless(HttpSecurity http, AccessProblemHandler problems) {
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

    private static JwtAuthenticationConverter serviceConverter() {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(
                token -> List.of(new SimpleGrantedAuthority(Role.SERVICE.authority())));
        return converter;
    }

    private static JwtAuthenticationConverter userConverter(UserTokenProperties users) {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setPrincipalClaimName(users.subjectClaim());
        converter.setJwtGrantedAuthoritiesConverter(token -> authorities(token, users.rolesClaim()));
        return converter;
    }

    /** The token of a user never makes its caller a service, whatever it claims. */
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
