package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.TccFence;
import io.holdfast.tcc.xid.TryGuard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import javax.sql.DataSource;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The fence, the guard of every Try and the history of branches. A bean of type {@link FenceHandler} of the service's own takes
 * the place of the fence.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnBooleanProperty(name = TccSettings.ENABLED, matchIfMissing = true)
@EnableConfigurationProperties(TccSettings.class)
public class TccAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    static TryGuard tryGuard() {
        return new TryGuard();
    }

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean(FenceHandler.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    TccFence tccFence(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            TccSettings settings,
            ObjectProvider<MeterRegistry> registry,
            Clock clock) {
        FenceMetrics metrics = new FenceMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
        return new TccFence(dataSource, transactionManager, settings.fence(), metrics, clock);
    }

    @Bean
    @ConditionalOnBean(FenceHandler.class)
    FenceInstaller fenceInstaller(FenceHandler fence) {
        return new FenceInstaller(fence);
    }

    @Bean
    @ConditionalOnBean(TccFence.class)
    FenceCleaning fenceCleaning(TccFence fence, TccSettings settings) {
        return new FenceCleaning(fence.cleaner(), settings.fence().cleanInterval());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(DataSource.class)
    BranchHistory branchHistory(
            @Value("${spring.application.name:application}") String service, DataSource dataSource) {
        return new BranchHistory(service, dataSource);
    }
}
