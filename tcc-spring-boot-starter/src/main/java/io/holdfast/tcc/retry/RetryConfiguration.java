package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.InstanceName;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Phase two of one instance of a service, put together. Where attempts run ({@link AttemptExecutor}), the clock, the jitter
 * ({@link Backoff}) and the name of the instance come from outside, so that a test can drive all of it on one thread.
 */
@Configuration(proxyBeanMethods = false)
public class RetryConfiguration {

    @Bean
    Wakeup tccWakeup() {
        return new Wakeup();
    }

    @Bean
    ConcurrencyLimiter tccConcurrencyLimiter(RetryProperties properties) {
        return new ConcurrencyLimiter(properties.threads());
    }

    @Bean
    RetryTable tccRetryTable(FenceDatabase database, FenceTransactions transactions, InstanceName instance) {
        return new RetryTable(database.dataSource(), transactions, instance);
    }

    @Bean
    KnownBranches tccKnownBranches(RetryProperties properties, Wakeup wakeup, Clock clock) {
        return new KnownBranches(properties, wakeup, clock);
    }

    @Bean
    PausedActions tccPausedActions(RetryTable table, ActionPolicies policies, Wakeup wakeup) {
        return new PausedActions(table, policies, wakeup);
    }

    @Bean
    RunningAttempts tccRunningAttempts(ConcurrencyLimiter limiter, AttemptExecutor executor, Wakeup wakeup) {
        return new RunningAttempts(limiter, executor, wakeup);
    }

    // An attempt

    @Bean
    EndedBranches tccEndedBranches(
            FenceTable table, FenceTransactions transactions, KnownBranches known, FenceMetrics metrics, Clock clock) {
        return new EndedBranches(table, transactions, known, metrics, clock);
    }

    @Bean
    FailureRecorder tccFailureRecorder(
            RetryTable table,
            ActionPolicies policies,
            @Qualifier("tccBackoff") Backoff backoff,
            KnownBranches known,
            FenceMetrics metrics,
            Clock clock) {
        return new FailureRecorder(table, policies, backoff, known, metrics, clock);
    }

    @Bean
    BranchAttempts tccBranchAttempts(
            FenceTable table,
            FenceTransactions transactions,
            EndedBranches endedBranches,
            FailureRecorder failures,
            KnownBranches known,
            FenceMetrics metrics,
            RetryProperties properties,
            Clock clock) {
        return new BranchAttempts(table, transactions, endedBranches, failures, known, metrics, properties, clock);
    }

    // The coordinator's calls

    @Bean
    Decisions tccDecisions(RetryTable table, KnownBranches known, RetryProperties properties, Clock clock) {
        return new Decisions(table, known, properties, clock);
    }

    @Bean
    PausedCalls tccPausedCalls(
            PausedActions paused,
            Decisions decisions,
            FenceTable table,
            EndedBranches endedBranches,
            FenceMetrics metrics) {
        return new PausedCalls(paused, decisions, table, endedBranches, metrics);
    }

    @Bean
    AsyncConfirms tccAsyncConfirms(
            ConcurrencyLimiter limiter,
            RunningAttempts running,
            BranchAttempts attempts,
            Decisions decisions,
            FenceMetrics metrics) {
        return new AsyncConfirms(limiter, running, attempts, decisions, metrics);
    }

    @Bean
    CoordinatorCalls tccCoordinatorCalls(
            ActionPolicies policies,
            KnownBranches known,
            RunningAttempts running,
            PausedCalls paused,
            AsyncConfirms asyncConfirms,
            BranchAttempts attempts,
            FenceMetrics metrics,
            Clock clock) {
        return new CoordinatorCalls(policies, known, running, paused, asyncConfirms, attempts, metrics, clock);
    }

    // The scheduler

    @Bean
    PolicyChanges tccPolicyChanges(
            RetryTable table,
            ActionPolicies policies,
            @Qualifier("tccBackoff") Backoff backoff,
            KnownBranches known,
            Wakeup wakeup) {
        return new PolicyChanges(table, policies, backoff, known, wakeup);
    }

    @Bean
    DueBranches tccDueBranches(
            RetryTable table,
            ConcurrencyLimiter limiter,
            RunningAttempts running,
            BranchAttempts attempts,
            TccActions actions,
            ActionPolicies policies,
            RetryProperties properties) {
        return new DueBranches(table, limiter, running, attempts, actions, policies, properties);
    }

    @Bean
    RetryRound tccRetryRound(
            RetryTable table,
            TccActions actions,
            PausedActions paused,
            Leases leases,
            BacklogGauges gauges,
            PolicyChanges policyChanges,
            DueBranches dueBranches,
            Clock clock) {
        return new RetryRound(table, actions, paused, leases, gauges, policyChanges, dueBranches, clock);
    }

    @Bean
    Leases tccLeases(RunningAttempts running, RetryTable table, RetryProperties properties) {
        return new Leases(running, table, properties);
    }

    @Bean
    BacklogGauges tccBacklogGauges(
            FenceTable table, FenceMetrics metrics, TccActions actions, RetryProperties properties) {
        return new BacklogGauges(table, metrics, actions, properties);
    }

    @Bean
    RetryScheduler tccRetryScheduler(
            RetryRound round,
            RunningAttempts running,
            Wakeup wakeup,
            TccActions actions,
            ActionPolicies policies,
            RetryProperties properties,
            InstanceName instance) {
        return new RetryScheduler(round, running, wakeup, actions, policies, properties, instance);
    }
}
