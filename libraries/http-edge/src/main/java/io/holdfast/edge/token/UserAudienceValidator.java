package io.holdfast.edge.token;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Whether a user's token is for this service: it names this service, or the audience that all services share. The latter opens every
 * service to anybody who has a token for one of them. It is accepted for one more release, counted ({@code
 * holdfast.access.shared.audience}), and a warning is logged.
 */
final class UserAudienceValidator implements OAuth2TokenValidator<Jwt> {

    private static final Logger log = LoggerFactory.getLogger(UserAudienceValidator.class);

    private static final Duration BETWEEN_WARNINGS = Duration.ofHours(1);
    private static final OAuth2TokenValidatorResult NOT_FOR_US = OAuth2TokenValidatorResult.failure(
            new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, "The token is for another audience", null));

    private final String self;
    private final UserTokenProperties users;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final AtomicReference<Instant> nextWarning = new AtomicReference<>(Instant.MIN);

    UserAudienceValidator(String self, UserTokenProperties users, MeterRegistry metrics, Clock clock) {
        this.self = self;
        this.users = users;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        List<String> audience = token.getAudience();
        if (audience == null) {
            return NOT_FOR_US;
        }
        if (audience.contains(self)) {
            return OAuth2TokenValidatorResult.success();
        }
        if (!users.sharedAudience() || !audience.contains(users.audience())) {
            return NOT_FOR_US;
        }
        Counter.builder("holdfast.access.shared.audience")
                .description("Requests with a token that does not name this service, only the audience that all share")
                .register(metrics)
                .increment();
        warn();
        return OAuth2TokenValidatorResult.success();
    }

    private void warn() {
        Instant now = clock.instant();
        Instant next = nextWarning.get();
        if (!now.isBefore(next) && nextWarning.compareAndSet(next, now.plus(BETWEEN_WARNINGS))) {
            log.warn(
                    "Tokens for {} are taken although they do not name {} as their audience. The next release refuses them;"
                            + " holdfast.access.users.shared-audience=false does so now",
                    users.audience(),
                    self);
        }
    }
}
