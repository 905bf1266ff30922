package io.holdfast.tcc.autoconfigure;

import io.holdfast.migrations.LibrarySchema;
import io.holdfast.tcc.autoconfigure.startup.FenceDatabaseLookup;
import io.holdfast.tcc.coordinator.CoordinatorConfiguration;
import io.holdfast.tcc.fence.FenceCleaner;
import io.holdfast.tcc.fence.FenceConfiguration;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.fence.InstanceName;
import io.holdfast.tcc.operations.OperationsConfiguration;
import io.holdfast.tcc.orphan.OrphanConfiguration;
import io.holdfast.tcc.orphan.OrphanProperties;
import io.holdfast.tcc.orphan.OrphanedBranches;
import io.holdfast.tcc.retry.AttemptExecutor;
import io.holdfast.tcc.retry.AttemptThreads;
import io.holdfast.tcc.retry.Backoff;
import io.holdfast.tcc.retry.RetryConfiguration;
import io.holdfast.tcc.retry.RetryProperties;
import io.holdfast.tcc.retry.RetryScheduler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.security.SecureRandom;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** The fence with all that belongs to it, for a service with a data source and no fence of its own; and what it gets from outside. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(DataSource.class)
@ConditionalOnMissingBean(FenceHandler.class)
@Import({
    FenceConfiguration.class,
    RetryConfiguration.class,
    CoordinatorConfiguration.class,
    OperationsConfiguration.class
})
class FenceParts {

    @Bean
    FenceDatabase fenceDatabase(ConfigurableListableBeanFactory beans, Environment environment) {
        return FenceDatabaseLookup.of(beans, environment);
    }

    /** Which tables to migrate is clear only if there is one data source. Of several, people run the script in the right one. */
    @Bean
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnExpression("'${" + FenceDatabaseLookup.DATA_SOURCE + ":}'.isBlank()")
    LibrarySchema fenceSchema() {
        return new LibrarySchema(
                "tcc_history",
                "io/holdfast/tcc/sql/{database}/schema",
                new LibrarySchema.Existing(
                        "tcc_fence_log",
                        "lane",
                        "0.1",
                        "it is that of Seata's own fence. Run upgrade-from-seata.sql of tcc-fence-sql first"));
    }

    @Bean
    FenceProperties tccFenceProperties(TccProperties properties) {
        return properties.fence();
    }

    @Bean
    RetryProperties tccRetryProperties(TccProperties properties) {
        return properties.phaseTwo();
    }

    @Bean
    FenceMetrics tccFenceMetrics(ObjectProvider<MeterRegistry> registry) {
        return new FenceMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
    }

    @Bean
    InstanceName tccInstanceName(@Value("${spring.application.name:application}") String service) {
        return InstanceName.of(service, UUID.randomUUID());
    }

    @Bean
    AttemptExecutor tccAttemptExecutor(RetryProperties properties) {
        return new AttemptThreads(properties.threads());
    }

    /** A service may have another one, for work of its own. */
    @Bean(defaultCandidate = false)
    Backoff tccBackoff() {
        return new Backoff(new SecureRandom());
    }

    @Bean
    @Lazy(false)
    RetryLifecycle tccRetryLifecycle(RetryScheduler scheduler) {
        return new RetryLifecycle(scheduler);
    }

    @Bean
    @Lazy(false)
    FenceCleanerLifecycle tccFenceCleanerLifecycle(FenceCleaner cleaner, FenceProperties properties) {
        return new FenceCleanerLifecycle(cleaner, properties.cleanInterval());
    }

    /** Nobody can be asked while Seata is switched off. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(
            name = {TccAutoConfiguration.SEATA_ENABLED, OrphanProperties.ENABLED},
            matchIfMissing = true)
    @Import(OrphanConfiguration.class)
    static class Orphans {

        @Bean
        @Lazy(false)
        OrphanLifecycle tccOrphanLifecycle(OrphanedBranches orphans, OrphanProperties properties) {
            return new OrphanLifecycle(orphans, properties.interval());
        }
    }
}
