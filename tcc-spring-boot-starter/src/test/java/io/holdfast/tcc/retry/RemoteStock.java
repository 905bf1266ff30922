package io.holdfast.tcc.retry;

import io.holdfast.tcc.RemoteConfirmStep;
import java.util.function.Consumer;
import org.apache.seata.rm.tcc.api.BusinessActionContext;

/** The same business with something outside to ask first. Public, because Seata's phase two asks for it. */
public final class RemoteStock extends StockAction implements RemoteConfirmStep {

    private final Consumer<BusinessActionContext> remote;
    private final boolean onlyAsks;

    RemoteStock(FenceBench bench, Consumer<BusinessActionContext> remote) {
        this(bench, remote, false);
    }

    RemoteStock(FenceBench bench, Consumer<BusinessActionContext> remote, boolean onlyAsks) {
        super(bench.jdbc);
        this.remote = remote;
        this.onlyAsks = onlyAsks;
    }

    @Override
    public boolean onlyAsks() {
        return onlyAsks;
    }

    @Override
    public void beforeConfirm(BusinessActionContext context) {
        remote.accept(context);
    }
}
