package io.holdfast.tcc.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Seata's settings as a TCC service needs them. They come last, so that any setting of the service's own wins. */
final class SeataDefaults implements EnvironmentPostProcessor {

    private static final Map<String, Object> DEFAULTS = Map.of(
            // AT's data source proxy parses every statement; TCC needs none of it.
            "seata.enable-auto-data-source-proxy", "false",
            // Phase two of all branches shares this pool. At Seata's default, two per core, one slow Confirm holds up
            // all.
            "seata.transport.thread-factory.worker-thread-size", "64",
            // These tell of each call of the coordinator's, four lines for a branch that is healthy, and as many each
            // second
            // for one that is not, action context included. The fence tells what changes.
            "logging.level.org.apache.seata.core.rpc.processor.client.RmBranchCommitProcessor", "warn",
            "logging.level.org.apache.seata.core.rpc.processor.client.RmBranchRollbackProcessor", "warn",
            "logging.level.org.apache.seata.rm.AbstractRMHandler", "warn",
            "logging.level.org.apache.seata.rm.AbstractResourceManager", "warn");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("holdfastSeataDefaults", DEFAULTS));
    }
}
