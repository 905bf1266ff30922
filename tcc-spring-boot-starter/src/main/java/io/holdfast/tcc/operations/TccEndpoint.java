package io.holdfast.tcc.operations;

import io.holdfast.tcc.fence.BacklogEntry;
import io.holdfast.tcc.fence.FailedAttempt;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.retry.ActionPolicies;
import io.holdfast.tcc.retry.ActionPolicy;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Actuator endpoint {@code tcc}: branches that are not finished, and what people do about them.
 *
 * <p>{@code GET /actuator/tcc?state=&action=&limit=} lists, {@code GET /actuator/tcc/<xid>/<branchId>} lists the failed attempts of
 * one branch. {@code POST /actuator/tcc/retry}, {@code resolve}, {@code pause} and
 * {@code resume} take a JSON object: {@code reason} always; {@code xid} and {@code branchId} of a branch, or the name of an
 * {@code action}; for {@code resolve} the {@code outcome}; and {@code who}, unless the service knows who is asking.
 */
@WebEndpoint(id = "tcc")
public final class TccEndpoint {

    private static final int CONFLICT = 409;
    private static final int LISTED = 100;
    private static final int MAX_LISTED = 1_000;
    private static final int MAX_WHO = 100;
    private static final int MAX_REASON = 1_000;

    private final BranchOperations operations;
    private final ActionPolicies policies;

    public TccEndpoint(BranchOperations operations, ActionPolicies policies) {
        this.operations = operations;
        this.policies = policies;
    }

    /**
     * @param state PARKED, GIVING_UP, SCHEDULED or TRIED; without it, the first three
     * @param action one action, or all
     * @param limit of each state, 100 by default, 1000 at most
     */
    @ReadOperation
    public WebEndpointResponse<?> branches(@Nullable String state, @Nullable String action, @Nullable Integer limit) {
        List<BacklogEntry.State> states;
        try {
            states = state == null
                    ? List.of(BacklogEntry.State.PARKED, BacklogEntry.State.GIVING_UP, BacklogEntry.State.SCHEDULED)
                    : List.of(BacklogEntry.State.valueOf(enumName(state)));
        } catch (IllegalArgumentException e) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "There is no state " + state);
        }
        if (action != null && !isText(action)) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "No action has such a name");
        }
        int most = limit == null ? LISTED : Math.max(1, Math.min(limit, MAX_LISTED));
        List<OpenBranch> branches = new ArrayList<>();
        for (BacklogEntry.State each : states) {
            branches.addAll(operations.branches(each, Optional.ofNullable(action), most));
        }
        Map<String, ActionPolicy> actions = new TreeMap<>();
        operations.actions().forEach(name -> actions.put(name, policies.of(name)));
        return new WebEndpointResponse<>(new Overview(actions, operations.paused(), operations.backlog(), branches));
    }

    /** The failed attempts of one branch, as many as are kept; none of a branch that has none, or is not known. */
    @ReadOperation
    public WebEndpointResponse<?> attempts(@Selector String xid, @Selector String branchId) {
        Long branch = number(branchId);
        return branch == null
                ? problem(WebEndpointResponse.STATUS_BAD_REQUEST, "The branch is named by its number")
                : new WebEndpointResponse<>(new Attempts(operations.failedAttempts(xid, branch)));
    }

    /** @param operation retry, resolve, pause or resume */
    @WriteOperation
    public WebEndpointResponse<?> change(
            SecurityContext security,
            @Selector String operation,
            @Nullable String xid,
            @Nullable String branchId,
            @Nullable String action,
            @Nullable String outcome,
            @Nullable String who,
            @Nullable String reason) {
        // A name that the service has checked counts more than one that anybody may write.
        Principal principal = security.getPrincipal();
        String person = principal == null ? who : principal.getName();
        if (person == null || person.isBlank() || person.length() > MAX_WHO || !isText(person)) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'who' has to tell who is doing this, in 1 to " + MAX_WHO + " characters of text");
        }
        if (reason == null || reason.isBlank() || reason.length() > MAX_REASON) {
            return problem(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'reason' has to tell why, in 1 to " + MAX_REASON + " characters");
        }
        return switch (operation) {
            case "pause", "resume" -> {
                if (action == null) {
                    yield problem(WebEndpointResponse.STATUS_BAD_REQUEST, "'action' is missing");
                }
                yield answer(
                        operation.equals("pause")
                                ? operations.pause(action, person, reason)
                                : operations.resume(action, person, reason));
            }
            case "retry", "resolve" -> {
                Long branch = number(branchId);
                if (xid == null || branch == null) {
                    yield problem(WebEndpointResponse.STATUS_BAD_REQUEST, "'xid' and the number 'branchId' are needed");
                }
                if (operation.equals("retry")) {
                    yield answer(operations.retry(xid, branch, person, reason));
                }
                FenceStatus status = status(outcome);
                yield status == null
                        ? problem(
                                WebEndpointResponse.STATUS_BAD_REQUEST,
                                "'outcome' has to be COMMITTED, GIVEN_UP or ROLLBACKED")
                        : answer(operations.resolve(xid, branch, status, person, reason));
            }
            default -> problem(WebEndpointResponse.STATUS_NOT_FOUND, "retry, resolve, pause and resume can be done");
        };
    }

    /** PostgreSQL takes no NUL, no database takes half a character, and a line break would forge a line of the log. */
    private static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private static @Nullable Long number(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable FenceStatus status(@Nullable String outcome) {
        try {
            return outcome == null ? null : FenceStatus.valueOf(enumName(outcome));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String enumName(String written) {
        return written.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static WebEndpointResponse<?> answer(OperationResult result) {
        return switch (result.kind()) {
            case DONE -> new WebEndpointResponse<>(new Answer(result.detail()));
            case NOT_FOUND -> problem(WebEndpointResponse.STATUS_NOT_FOUND, result.detail());
            case NOT_POSSIBLE -> problem(CONFLICT, result.detail());
        };
    }

    private static WebEndpointResponse<Answer> problem(int status, String detail) {
        return new WebEndpointResponse<>(new Answer(detail), status);
    }

    /**
     * @param actions the policy in force of each action
     * @param paused actions of which no attempts are made because a person said so
     * @param backlog unfinished branches by action and state, in all instances
     */
    public record Overview(
            Map<String, ActionPolicy> actions,
            List<PausedAction> paused,
            List<BacklogEntry> backlog,
            List<OpenBranch> branches) {}

    /** @param attempts the first one first */
    public record Attempts(List<FailedAttempt> attempts) {}

    /** What was done, or why not. */
    public record Answer(String detail) {}
}
