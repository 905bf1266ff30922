package io.holdfast.tcc.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Seata's settings as a TCC service needs them. They come last, so that any setting of the service's own wins. */
final class SeataDefaults implements EnvironmentPostProcessor {

    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            // AT's data source proxy parses every statement; TCC needs none of it.
            Map.entry("seata.enable-auto-data-source-proxy", "false"),
            // Phase two of all branches shares this pool. With two threads per core, Seata's default, one slow Confirm
            // delays all.
            Map.entry("seata.transport.thread-factory.worker-thread-size", "64"),
            // The thread that gathers messages into batches looks for some a thousand times a second, for ever: 3 % of
            // a processor in a service that does nothing, and up to a millisecond for each branch.
            Map.entry("seata.transport.enable-rm-client-batch-send-request", "false"),
            // These log each call of the coordinator's, four lines for a branch that is healthy, and as many each
            // second for one that is not, action context included. The fence logs what changes.
            quiet("org.apache.seata.core.rpc.processor.client.RmBranchCommitProcessor"),
            quiet("org.apache.seata.core.rpc.processor.client.RmBranchRollbackProcessor"),
            quiet("org.apache.seata.rm.AbstractRMHandler"),
            quiet("org.apache.seata.rm.AbstractResourceManager"));

    private static Map.Entry<String, Object> quiet(String logger) {
        return Map.entry("logging.level." + logger, "warn");
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("holdfastSeataDefaults", DEFAULTS));
    }
}
