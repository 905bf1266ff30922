package io.holdfast.tcc.xid;

import io.github.resilience4j.core.ContextPropagator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.seata.core.context.RootContext;

/**
 * Carries the xid to the threads of Resilience4j's thread pool bulkheads, which know nothing of Micrometer's context. A service names
 * it in {@code resilience4j.thread-pool-bulkhead.configs.default.context-propagators}.
 */
public final class XidContextPropagator implements ContextPropagator<String> {

    @Override
    public Supplier<Optional<String>> retrieve() {
        return () -> Optional.ofNullable(RootContext.getXID());
    }

    @Override
    public Consumer<Optional<String>> copy() {
        return xid -> xid.ifPresentOrElse(RootContext::bind, RootContext::unbind);
    }

    @Override
    public Consumer<Optional<String>> clear() {
        return xid -> RootContext.unbind();
    }
}
