package io.holdfast.reconciliation;

import io.holdfast.reconciliation.ReconciliationOperations.CheckView;
import java.security.Principal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Actuator endpoint {@code reconciliation}: the checks, their last runs, and what they found.
 *
 * <p>{@code GET /actuator/reconciliation?state=&limit=} shows. {@code POST /actuator/reconciliation/run} runs every check now; it
 * takes a JSON object with {@code reason} and, unless the service knows who is asking, {@code who}.
 */
@WebEndpoint(id = "reconciliation")
public final class ReconciliationEndpoint {

    private static final int LISTED = 100;
    private static final int MAX_LISTED = 1_000;
    private static final int MAX_WHO = 100;
    private static final int MAX_REASON = 800;

    private final ReconciliationOperations operations;

    public ReconciliationEndpoint(ReconciliationOperations operations) {
        this.operations = operations;
    }

    /**
     * @param state SUSPECTED, OPEN or CLOSED; OPEN by default
     * @param limit 100 by default, 1000 at most
     */
    @ReadOperation
    public WebEndpointResponse<?> checks(@Nullable String state, @Nullable Integer limit) {
        FindingState wanted;
        try {
            wanted = state == null ? FindingState.OPEN : FindingState.valueOf(state.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "There is no state " + state);
        }
        int most = limit == null ? LISTED : Math.max(1, Math.min(limit, MAX_LISTED));
        return new WebEndpointResponse<>(new Overview(operations.checks(), operations.findings(wanted, most)));
    }

    /** @param operation run */
    @WriteOperation
    public WebEndpointResponse<?> change(
            SecurityContext security, @Selector String operation, @Nullable String who, @Nullable String reason) {
        if (!operation.equals("run")) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "run can be done");
        }
        // A name that the service has checked counts more than one that anybody may write.
        Principal principal = security.getPrincipal();
        String person = principal == null ? who : principal.getName();
        if (person == null || person.isBlank() || person.length() > MAX_WHO) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'who' has to tell who is doing this, in 1 to " + MAX_WHO + " characters");
        }
        if (reason == null || reason.isBlank() || reason.length() > MAX_REASON) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'reason' has to tell why, in 1 to " + MAX_REASON + " characters");
        }
        int ran = operations.runNow(person, reason);
        return new WebEndpointResponse<>(new Answer(ran + " of "
                + operations.checks().size() + " checks were run; another instance is running the others"));
    }

    private static WebEndpointResponse<Answer> problem(int status, String detail) {
        return new WebEndpointResponse<>(new Answer(detail), status);
    }

    /** @param findings in the state that was asked for, the oldest first */
    public record Overview(List<CheckView> checks, List<KnownFinding> findings) {}

    /** What was done, or why not. */
    public record Answer(String detail) {}
}
