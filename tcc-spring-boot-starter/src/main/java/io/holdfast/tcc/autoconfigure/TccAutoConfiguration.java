package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.coordinator.CoordinatorMessages;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.coordinator.SeataGlobalTransactions;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.OrphanSettings;
import io.holdfast.tcc.fence.PhaseTwoSetup;
import io.holdfast.tcc.fence.TccActions;
import io.holdfast.tcc.fence.TccFence;
import io.holdfast.tcc.schedule.ActionPolicies;
import io.holdfast.tcc.schedule.LiveActionPolicies;
import io.holdfast.tcc.xid.TryGuard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
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
@EnableConfigurationProperties({TccSettings.class, OrphanSettings.class})
public class TccAutoConfiguration {

    /** The column {@code tcc_fence_log.claimed_by} holds no more. */
    private static final int INSTANCE_LENGTH = 64;

    private static final String SEATA_ENABLED = "seata.enabled";

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

    /** After Flyway and the like: it reads the identity of the schema. */
    @Bean
    @DependsOnDatabaseInitialization
    @ConditionalOnMissingBean(FenceHandler.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    TccFence tccFence(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            TccSettings settings,
            ObjectProvider<MeterRegistry> registry,
            Clock clock,
            TccActions actions,
            ActionPolicies policies,
            @Value("${spring.application.name:application}") String service) {
        FenceMetrics metrics = new FenceMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
        PhaseTwoSetup phaseTwo =
                new PhaseTwoSetup(instanceOf(service), settings.phaseTwo(), policies, actions, new SecureRandom());
        return new TccFence(dataSource, transactionManager, settings.fence(), metrics, clock, phaseTwo);
    }

    /** Another one at every start: what this process has claimed is not what its predecessor had. */
    private static String instanceOf(String service) {
        String random = UUID.randomUUID().toString();
        return service.substring(0, Math.min(service.length(), INSTANCE_LENGTH - random.length() - 1)) + "-" + random;
    }

    @Bean
    @ConditionalOnMissingBean
    TccActions tccActions(ListableBeanFactory beans) {
        return new SeataActions(new AnnotatedActions(beans));
    }

    @Bean
    @ConditionalOnMissingBean(ActionPolicies.class)
    LiveActionPolicies actionPolicies(ConfigurableEnvironment environment, TccActions actions) {
        return new LiveActionPolicies(environment, name -> actions.find(name)
                .map(action ->
                        AnnotationUtils.findAnnotation(AopUtils.getTargetClass(action.bean()), PhaseTwoPolicy.class)));
    }

    @Bean
    MeterBinder coordinatorMessages() {
        return CoordinatorMessages.metrics();
    }

    @Bean
    @ConditionalOnBean(TccFence.class)
    PhaseTwoScheduling phaseTwoScheduling(TccFence fence) {
        return new PhaseTwoScheduling(fence.schedule());
    }

    @Bean
    @ConditionalOnBean(FenceHandler.class)
    FenceInstaller fenceInstaller(FenceHandler fence) {
        return new FenceInstaller(fence);
    }

    @Bean
    @Lazy(false)
    @ConditionalOnBean(TccFence.class)
    @ConditionalOnBooleanProperty(name = SEATA_ENABLED, matchIfMissing = true)
    SchemaInContexts schemaInContexts(TccFence fence) {
        return new SchemaInContexts(fence.schema());
    }

    @Bean
    @ConditionalOnMissingBean
    GlobalTransactions globalTransactions() {
        return new SeataGlobalTransactions();
    }

    @Bean
    @Lazy(false)
    @ConditionalOnBean(TccFence.class)
    @ConditionalOnBooleanProperty(
            name = {SEATA_ENABLED, OrphanSettings.ENABLED},
            matchIfMissing = true)
    OrphanEnding orphanEnding(TccFence fence, GlobalTransactions coordinator, OrphanSettings settings) {
        return new OrphanEnding(fence.orphanedBranches(coordinator, settings), settings.interval());
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
            @Value("${spring.application.name:application}") String service,
            DataSource dataSource,
            ActionPolicies policies) {
        return new BranchHistory(
                service, dataSource, action -> policies.of(action).paused());
    }
}
