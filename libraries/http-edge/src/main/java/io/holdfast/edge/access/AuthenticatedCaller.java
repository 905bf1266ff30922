package io.holdfast.edge.access;

import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Who sent the request that this thread works on.
 *
 * @param subject the token's subject: for a buyer, the buyer id
 * @param operator whether this is an operator, who may act for anybody
 */
public record AuthenticatedCaller(String subject, boolean operator) {

    /** Empty if the request is open to everybody and came without a token. */
    public static Optional<AuthenticatedCaller> find() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        if (!(authentication instanceof JwtAuthenticationToken token)) {
            return Optional.empty();
        }
        boolean operator = token.getAuthorities().stream()
                .anyMatch(granted -> Role.OPERATOR.authority().equals(granted.getAuthority()));
        return Optional.of(new AuthenticatedCaller(token.getName(), operator));
    }

    /** @throws IllegalStateException if the request was not authenticated: then a path is missing in the access rules */
    public static AuthenticatedCaller current() {
        return find().orElseThrow(
                        () -> new IllegalStateException("No authenticated request; the access rules miss this path"));
    }

    /** Whether what belongs to the given buyer may be shown to this caller. */
    public boolean maySee(String buyerId) {
        return operator || subject.equals(buyerId);
    }
}
