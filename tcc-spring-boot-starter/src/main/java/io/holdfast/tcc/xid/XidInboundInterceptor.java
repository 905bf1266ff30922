package io.holdfast.tcc.xid;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.seata.core.context.RootContext;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Binds the caller's xid to the thread of an internal request, in the place of Seata's own interceptor, which binds whatever
 * anybody sends to any path. It is registered for internal paths only; everywhere else the header has no effect. And it takes
 * an xid from a service only: who may name a transaction may hold up the commit of it.
 */
public final class XidInboundInterceptor implements AsyncHandlerInterceptor {

    private final String callerRole;

    /** @param callerRole the role that a caller who sends an xid must have; blank: none */
    public XidInboundInterceptor(String callerRole) {
        this.callerRole = callerRole;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String xid = request.getHeader(Xid.HEADER);
        if (xid == null) {
            return true;
        }
        if (!callerRole.isBlank() && !request.isUserInRole(callerRole)) {
            throw new XidNotAcceptedException(callerRole);
        }
        RootContext.bind(Xid.requireWellFormed(xid));
        return true;
    }

    /** The request goes on elsewhere, and this thread to somebody else's request. */
    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        RootContext.unbind();
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        RootContext.unbind();
    }
}
