package io.holdfast.tcc.xid;

import feign.RequestInterceptor;
import feign.RequestTemplate;
import org.apache.seata.core.context.RootContext;

/**
 * Sends the xid of the calling thread along with every Feign call. Without it the callee's Try would run outside the global
 * transaction.
 */
public final class XidFeignInterceptor implements RequestInterceptor {

    @Override
    public void apply(RequestTemplate request) {
        // Whatever was set by hand gives way: the thread's own transaction is the only truth.
        request.removeHeader(Xid.HEADER);
        String xid = RootContext.getXID();
        if (xid != null) {
            request.header(Xid.HEADER, xid);
        }
    }
}
