package io.holdfast.tcc.xid;

import io.micrometer.context.ThreadLocalAccessor;
import org.apache.seata.core.context.RootContext;
import org.jspecify.annotations.Nullable;

/**
 * Carries the xid to another thread with whatever propagates context there: executors wrapped by {@code ContextExecutorService},
 * Spring's {@code ContextPropagatingTaskDecorator}, Reactor. It is found by name in META-INF/services.
 */
public final class XidThreadLocalAccessor implements ThreadLocalAccessor<String> {

    /** Under which it stands in a context, {@value}. */
    public static final String KEY = "holdfast.xid";

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable String getValue() {
        return RootContext.getXID();
    }

    @Override
    public void setValue(String xid) {
        RootContext.bind(xid);
    }

    /** The other thread may have an xid left from nobody knows whom. */
    @Override
    public void setValue() {
        RootContext.unbind();
    }
}
