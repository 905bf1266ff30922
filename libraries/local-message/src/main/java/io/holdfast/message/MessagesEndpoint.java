package io.holdfast.message;

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
 * Actuator endpoint {@code messages}: local messages that are not confirmed, and the way out for those that have failed.
 *
 * <p>{@code GET /actuator/messages?status=&limit=} lists. {@code POST /actuator/messages/requeue} takes a JSON object with {@code id},
 * {@code reason} and, unless the service knows who is asking, {@code who}.
 */
@WebEndpoint(id = "messages")
public final class MessagesEndpoint {

    private static final int CONFLICT = 409;
    private static final int LISTED = 100;
    private static final int MAX_LISTED = 1_000;
    private static final int MAX_WHO = 100;
    private static final int MAX_REASON = 800;

    private final MessageOperations operations;

    public MessagesEndpoint(MessageOperations operations) {
        this.operations = operations;
    }

    /**
     * @param status NEW, SENT, CONFIRMED or FAILED; FAILED unless told
     * @param limit 100 unless told, 1000 at most
     */
    @ReadOperation
    public WebEndpointResponse<?> messages(@Nullable String status, @Nullable Integer limit) {
        MessageStatus wanted;
        try {
            wanted = status == null ? MessageStatus.FAILED : MessageStatus.valueOf(status.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "There is no status " + status);
        }
        int most = limit == null ? LISTED : Math.max(1, Math.min(limit, MAX_LISTED));
        return new WebEndpointResponse<>(new Overview(operations.backlog(), operations.list(wanted, most)));
    }

    /** @param operation requeue */
    @WriteOperation
    public WebEndpointResponse<?> change(
            SecurityContext security,
            @Selector String operation,
            @Nullable String id,
            @Nullable String who,
            @Nullable String reason) {
        if (!operation.equals("requeue")) {
            return problem(WebEndpointResponse.STATUS_NOT_FOUND, "requeue can be done");
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
        if (id == null) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "'id' is missing");
        }
        if (operations.requeue(id, person, reason)) {
            return new WebEndpointResponse<>(new Answer("Message " + id + " is sent anew"));
        }
        return operations
                .statusOf(id)
                .map(status -> problem(CONFLICT, "Message " + id + " is " + status + ", not FAILED"))
                .orElseGet(() -> problem(WebEndpointResponse.STATUS_NOT_FOUND, "There is no message " + id));
    }

    private static WebEndpointResponse<Answer> problem(int status, String detail) {
        return new WebEndpointResponse<>(new Answer(detail), status);
    }

    /** @param backlog all that is not confirmed, by status */
    public record Overview(List<Backlog> backlog, List<ListedMessage> messages) {}

    /** What was done, or why not. */
    public record Answer(String detail) {}
}
