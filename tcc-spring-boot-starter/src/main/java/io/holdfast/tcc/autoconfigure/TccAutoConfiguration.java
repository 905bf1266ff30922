package io.holdfast.tcc.autoconfigure;

import io.holdfast.migrations.LibrarySchema;
import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.autoconfigure.startup.BranchedActions;
import io.holdfast.tcc.autoconfigure.startup.DeclaredActions;
import io.holdfast.tcc.autoconfigure.startup.FenceDatabase;
import io.holdfast.tcc.autoconfigure.startup.OtherDataSources;
import io.holdfast.tcc.autoconfigure.startup.ReadyActions;
import io.holdfast.tcc.autoconfigure.startup.TryMethods;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.coordinator.CoordinatorMessages;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.coordinator.SeataGlobalTransactions;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.OrphanProperties;
import io.holdfast.tcc.fence.PhaseTwoSetup;
import io.holdfast.tcc.fence.TccActions;
import io.holdfast.tcc.fence.TccFence;
import io.holdfast.tcc.retry.ActionPolicies;
import io.holdfast.tcc.retry.LiveActionPolicies;
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
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

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
@ConditionalOnBooleanProperty(name = TccProperties.ENABLED, matchIfMissing = true)
@EnableConfigurationProperties({TccProperties.class, OrphanProperties.class, FenceDatabaseProperties.class})
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
    static DeclaredActions declaredActions() {
        return new DeclaredActions();
    }

    @Bean
    static BranchedActions branchedActions() {
        return new BranchedActions();
    }

    @Bean
    @Lazy(false)
    ReadyActions readyActions(
            ConfigurableListableBeanFactory beans,
            BranchedActions branched,
            TccActions actions,
            ActionPolicies policies,
            ConfigurableEnvironment environment) {
        return new ReadyActions(beans, branched, actions, policies, environment);
    }

    /** The coordinator calls actions, whoever else does. */
    @Bean
    static LazyInitializationExcludeFilter actionsAreNotLazy() {
        return (name, definition, type) -> TryMethods.mayBeAction(type);
    }

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean(FenceHandler.class)
    @ConditionalOnBean(DataSource.class)
    FenceDatabase fenceDatabase(ConfigurableListableBeanFactory beans, Environment environment) {
        return FenceDatabase.of(beans, environment);
    }

    @Bean
    @ConditionalOnBean(FenceDatabase.class)
    static OtherDataSources otherDataSources() {
        return new OtherDataSources();
    }

    /** Which tables to migrate is clear only if there is one data source. Of several, people run the script in the right one. */
    @Bean
    @ConditionalOnMissingBean(FenceHandler.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnExpression("'${" + FenceDatabase.DATA_SOURCE + ":}'.isBlank()")
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

    /** After Flyway and the like: it reads the identity of the schema. */
    @Bean
    @DependsOnDatabaseInitialization
    @ConditionalOnBean(FenceDatabase.class)
    TccFence tccFence(
            FenceDatabase database,
            TccProperties settings,
            ObjectProvider<MeterRegistry> registry,
            Clock clock,
            TccActions actions,
            ActionPolicies policies,
            @Value("${spring.application.name:application}") String service) {
        FenceMetrics metrics = new FenceMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
        PhaseTwoSetup phaseTwo =
                new PhaseTwoSetup(instanceOf(service), settings.phaseTwo(), policies, actions, new SecureRandom());
        return new TccFence(
                database.dataSource(), database.transactionManager(), settings.fence(), metrics, clock, phaseTwo);
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
    @Lazy(false)
    RetryLifecycle phaseTwoScheduling(TccFence fence) {
        return new RetryLifecycle(fence.schedule());
    }

    @Bean
    @ConditionalOnBean(FenceHandler.class)
    @Lazy(false)
    FenceInstaller fenceInstaller(FenceHandler fence, TccProperties settings) {
        return new FenceInstaller(fence, settings.coordinator().contextLimit());
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
            name = {SEATA_ENABLED, OrphanProperties.ENABLED},
            matchIfMissing = true)
    OrphanLifecycle orphanEnding(TccFence fence, GlobalTransactions coordinator, OrphanProperties settings) {
        return new OrphanLifecycle(fence.orphanedBranches(coordinator, settings), settings.interval());
    }

    @Bean
    @ConditionalOnBean(TccFence.class)
    @Lazy(false)
    FenceCleanerLifecycle fenceCleaning(TccFence fence, TccProperties settings) {
        return new FenceCleanerLifecycle(fence.cleaner(), settings.fence().cleanInterval());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(FenceDatabase.class)
    BranchHistory branchHistory(
            @Value("${spring.application.name:application}") String service,
            FenceDatabase database,
            ActionPolicies policies) {
        return history(service, database.dataSource(), policies);
    }

    /** Of a service with a fence of its own. */
    @Bean
    @ConditionalOnMissingBean(BranchHistory.class)
    @ConditionalOnSingleCandidate(DataSource.class)
    BranchHistory branchHistoryOfOwnFence(
            @Value("${spring.application.name:application}") String service,
            DataSource dataSource,
            ActionPolicies policies) {
        return history(service, dataSource, policies);
    }

    private static BranchHistory history(String service, DataSource dataSource, ActionPolicies policies) {
        return new BranchHistory(
                service, dataSource, action -> policies.of(action).paused());
    }
}
