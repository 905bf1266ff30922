package io.holdfast.tcc.retry;

import io.holdfast.tcc.coordinator.CoordinatorConfiguration;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.fence.FenceCleaner;
import io.holdfast.tcc.fence.FenceConfiguration;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceProperties;
import io.holdfast.tcc.fence.InstanceName;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.operations.BranchOperations;
import io.holdfast.tcc.operations.OperationsConfiguration;
import io.holdfast.tcc.orphan.OrphanConfiguration;
import io.holdfast.tcc.orphan.OrphanProperties;
import io.holdfast.tcc.orphan.OrphanedBranches;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Set;
import org.apache.seata.common.executor.Callback;
import org.springframework.beans.BeansException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * One instance of a service with the fence, put together as a service has it, with the parts that are injected coming from the test.
 */
final class Instance {

    private final AnnotationConfigApplicationContext parts = new AnnotationConfigApplicationContext();
    private final Schedule schedule = new Schedule();

    Instance(
            FenceDatabase database,
            FenceProperties fenceProperties,
            RetryProperties retryProperties,
            TccActions actions,
            ActionPolicies policies,
            FenceMetrics metrics,
            Clock clock,
            AttemptExecutor executor,
            String name) {
        parts.registerBean(FenceDatabase.class, () -> database);
        parts.registerBean(FenceProperties.class, () -> fenceProperties);
        parts.registerBean(RetryProperties.class, () -> retryProperties);
        parts.registerBean(TccActions.class, () -> actions);
        parts.registerBean(ActionPolicies.class, () -> policies);
        parts.registerBean(FenceMetrics.class, () -> metrics);
        parts.registerBean(Clock.class, () -> clock);
        parts.registerBean("tccBackoff", Backoff.class, () -> new Backoff(FenceBench.MAX_DELAYS));
        parts.registerBean(AttemptExecutor.class, () -> executor);
        parts.registerBean(InstanceName.class, () -> new InstanceName(name));
        parts.register(
                FenceConfiguration.class,
                RetryConfiguration.class,
                CoordinatorConfiguration.class,
                OperationsConfiguration.class);
        refresh(parts);
    }

    private static void refresh(AnnotationConfigApplicationContext context) {
        try {
            context.refresh();
        } catch (BeansException e) {
            Throwable cause = e;
            while (cause instanceof BeansException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw cause instanceof RuntimeException own ? own : e;
        }
    }

    // As Seata calls it

    Object prepareFence(String xid, Long branchId, String action, Callback<Object> businessTry) {
        return fence().prepareFence(xid, branchId, action, businessTry);
    }

    boolean commitFence(Method confirm, Object bean, String xid, Long branchId, Object[] args) {
        return fence().commitFence(confirm, bean, xid, branchId, args);
    }

    boolean rollbackFence(Method cancel, Object bean, String xid, Long branchId, Object[] args, String action) {
        return fence().rollbackFence(cancel, bean, xid, branchId, args, action);
    }

    int deleteFenceByDate(Date before) {
        return fence().deleteFenceByDate(before);
    }

    private TccFence fence() {
        return parts.getBean(TccFence.class);
    }

    // What else it has

    Schedule schedule() {
        return schedule;
    }

    FenceCleaner cleaner() {
        return parts.getBean(FenceCleaner.class);
    }

    SchemaIdentity schema() {
        return parts.getBean(SchemaIdentity.class);
    }

    BranchOperations operations() {
        return parts.getBean(BranchOperations.class);
    }

    OrphanedBranches orphanedBranches(GlobalTransactions coordinator, OrphanProperties properties) {
        return orphans(coordinator, properties).getBean(OrphanedBranches.class);
    }

    AnnotationConfigApplicationContext orphans(GlobalTransactions coordinator, OrphanProperties properties) {
        AnnotationConfigApplicationContext orphans = new AnnotationConfigApplicationContext();
        orphans.setParent(parts);
        orphans.registerBean(GlobalTransactions.class, () -> coordinator);
        orphans.registerBean(OrphanProperties.class, () -> properties);
        orphans.register(OrphanConfiguration.class);
        refresh(orphans);
        return orphans;
    }

    /** The retry scheduler, with its thread or driven by the test. */
    final class Schedule {

        Duration poll() {
            return parts.getBean(RetryRound.class)
                    .run(parts.getBean(RetryProperties.class).pollInterval());
        }

        boolean awaitIdle(Duration atMost) throws InterruptedException {
            return parts.getBean(RunningAttempts.class).awaitNone(atMost);
        }

        void start() {
            parts.getBean(RetryScheduler.class).start();
        }

        void policiesChanged(Set<String> actions) {
            parts.getBean(PolicyChanges.class).of(actions);
        }

        void close() {
            parts.close();
        }
    }
}
