package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.coordinator.ContextLimit;
import org.apache.seata.integration.tx.api.fence.DefaultCommonFenceHandler;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/** Hands the fence to Seata, which keeps it in a static place. Until then Seata answers every Confirm with "again, later". */
final class FenceInstaller implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(FenceInstaller.class);
    private static final String SEATA_FENCE = "org.apache.seata.rm.fence.SpringFenceHandler";

    private final FenceHandler fence;
    private final int contextLimit;

    FenceInstaller(FenceHandler fence, int contextLimit) {
        this.fence = fence;
        this.contextLimit = contextLimit;
    }

    @Override
    public void afterPropertiesSet() throws ClassNotFoundException {
        // Its static initialiser installs Seata's own fence whenever it comes to run. It is run now, before ours is
        // set.
        Class.forName(SEATA_FENCE);
        DefaultCommonFenceHandler.get().setFenceHandler(fence);
        ContextLimit.set(contextLimit);
        log.info("Fence of TCC branches: {}", fence.getClass().getName());
    }
}
