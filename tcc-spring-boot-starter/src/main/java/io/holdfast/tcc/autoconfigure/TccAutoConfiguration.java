package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.autoconfigure.startup.BranchedActions;
import io.holdfast.tcc.autoconfigure.startup.DeclaredActions;
import io.holdfast.tcc.autoconfigure.startup.OtherDataSources;
import io.holdfast.tcc.autoconfigure.startup.ReadyActions;
import io.holdfast.tcc.autoconfigure.startup.TryMethods;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.coordinator.CoordinatorMessages;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.coordinator.SeataGlobalTransactions;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.orphan.OrphanProperties;
import io.holdfast.tcc.retry.ActionPolicies;
import io.holdfast.tcc.retry.LiveActionPolicies;
import io.holdfast.tcc.retry.TccActions;
import io.holdfast.tcc.xid.TryGuard;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;

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
@Import(FenceParts.class)
public class TccAutoConfiguration {

    static final String SEATA_ENABLED = "seata.enabled";

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

    /** The coordinator calls actions at any time, so none is lazy. */
    @Bean
    static LazyInitializationExcludeFilter actionsAreNotLazy() {
        return (name, definition, type) -> TryMethods.mayBeAction(type);
    }

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        // What the tables hold, and by which a claim is recognised.
        return Clock.tickMillis(ZoneOffset.UTC);
    }

    @Bean
    @ConditionalOnBean(FenceDatabase.class)
    static OtherDataSources otherDataSources() {
        return new OtherDataSources();
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
    @ConditionalOnBean(FenceHandler.class)
    @Lazy(false)
    FenceInstaller fenceInstaller(FenceHandler fence, TccProperties settings) {
        return new FenceInstaller(fence, settings.coordinator().contextLimit());
    }

    @Bean
    @Lazy(false)
    @ConditionalOnBean(TccFence.class)
    @ConditionalOnBooleanProperty(name = SEATA_ENABLED, matchIfMissing = true)
    SchemaInContexts schemaInContexts(SchemaIdentity schema) {
        return new SchemaInContexts(schema);
    }

    @Bean
    @ConditionalOnMissingBean
    GlobalTransactions globalTransactions() {
        return new SeataGlobalTransactions();
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
