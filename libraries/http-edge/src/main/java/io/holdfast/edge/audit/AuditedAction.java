package io.holdfast.edge.audit;

import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * What an operator is doing with the request that this thread works on. Its entry in the audit is written by itself, in the first
 * transaction of this thread that changes something. Services add what cannot be read from the request; who carries a change out on
 * another thread takes the action along, and has {@link AuditLog#add} write the entry there.
 */
public final class AuditedAction {

    /** What became of it. */
    enum Effect {
        /** Something was changed, in the transaction of this entry. */
        CHANGED,
        /** It was answered as done, and nothing had to be changed, as of a request that is repeated. */
        UNCHANGED,
        /** Something of a person was shown. */
        READ
    }

    private static final String ATTRIBUTE = AuditedAction.class.getName();
    private static final int MAX_LENGTH = 200;

    private final Request request;
    private volatile @Nullable String resource;
    private volatile @Nullable String amount;
    private volatile boolean recorded;

    AuditedAction(Request request) {
        this.request = request;
    }

    /**
     * What is known from the request.
     *
     * @param changes whether it is one that may change something
     * @param target path and query
     * @param key the Idempotency-Key, if there is a good one
     * @param reason absent only of a read
     */
    record Request(
            String who,
            boolean changes,
            String method,
            String target,
            @Nullable String key,
            @Nullable String reason,
            String traceId) {}

    /** Empty if no operator's action is being carried out on this thread. */
    public static Optional<AuditedAction> current() {
        RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
        return attributes != null
                        && attributes.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
                                instanceof AuditedAction action
                ? Optional.of(action)
                : Optional.empty();
    }

    /**
     * Adds to the entry what the change is made to, and how much of it; before it is made. Nothing, if the request is no operator's.
     *
     * @param resource such as {@code order 0193...}
     * @param amount such as {@code 1999 CNY}
     */
    public static void describe(String resource, @Nullable String amount) {
        current().ifPresent(action -> {
            action.resource = bounded(resource);
            action.amount = bounded(amount);
        });
    }

    void bindTo(ServletRequest servletRequest) {
        servletRequest.setAttribute(ATTRIBUTE, this);
    }

    Request request() {
        return request;
    }

    @Nullable
    String resource() {
        return resource;
    }

    @Nullable
    String amount() {
        return amount;
    }

    boolean isRecorded() {
        return recorded;
    }

    /** Its entry is committed. */
    void recorded() {
        recorded = true;
    }

    private static @Nullable String bounded(@Nullable String text) {
        return text == null || text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
    }
}
