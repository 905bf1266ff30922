package io.holdfast.edge.access;

import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * What an operator is doing with the request that this thread works on. Its entry in the audit is written by itself, in the first
 * transaction of this thread that changes something. Services add what the request alone does not tell; who carries a change out on
 * another thread takes the act along, and has {@link AuditLog#add} write the entry there.
 */
public final class AuditedAct {

    /** What became of it. */
    enum Effect {
        /** Something was changed, in the transaction of this entry. */
        CHANGED,
        /** It was answered as done, and nothing had to be changed, as of a request that is repeated. */
        UNCHANGED,
        /** Something of a person was shown. */
        READ
    }

    private static final String ATTRIBUTE = AuditedAct.class.getName();
    private static final int MOST_ADDED = 200;

    private final Request request;
    private volatile @Nullable String resource;
    private volatile @Nullable String amount;
    private volatile boolean recorded;

    AuditedAct(Request request) {
        this.request = request;
    }

    /**
     * What the request tells.
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

    /** Empty if no operator's act is being carried out on this thread. */
    public static Optional<AuditedAct> current() {
        RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
        return attributes != null
                        && attributes.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) instanceof AuditedAct act
                ? Optional.of(act)
                : Optional.empty();
    }

    /**
     * Adds to the entry what the change is made to, and how much of it; before it is made. Nothing, if the request is no operator's.
     *
     * @param resource such as {@code order 0193...}
     * @param amount such as {@code 1999 CNY}
     */
    public static void tell(String resource, @Nullable String amount) {
        current().ifPresent(act -> {
            act.resource = bounded(resource);
            act.amount = bounded(amount);
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
        return text == null || text.length() <= MOST_ADDED ? text : text.substring(0, MOST_ADDED);
    }
}
