package io.holdfast.tcc.fence;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.tcc.fence.FenceTable.Head;
import io.holdfast.tcc.fence.RunningAttempts.Running;
import io.holdfast.tcc.retry.ActionPolicy;
import io.holdfast.tcc.retry.Backoff;
import io.holdfast.tcc.retry.RetryProperties;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Attempts Confirms and Cancels that did not succeed at once, when they are due, until they succeed, are given up or are parked.
 *
 * <p>Everything that it has to know is in the fence rows, so it goes on after a restart, and several instances of a service share
 * the work: a row is claimed by moving its due time to the end of a lease, guarded by the due time that was read. An instance
 * that dies leaves a lease that ends, and another one takes the row over. The effect of an attempt and the end of its row are one
 * local transaction, so even two attempts at once would take effect once.
 *
 * <p>The coordinator is not needed for any of this. Its calls for a scheduled branch are answered from memory
 * ({@link CoordinatorAnswers}). This class looks for what is due and claims it; {@link PhaseTwoAttempts} makes the attempts.
 */
public final class RetryScheduler {

    private static final Logger log = LoggerFactory.getLogger(RetryScheduler.class);

    private static final String POLLER = "tcc-phase-two-poller";

    /** Lets an instance that has nothing to wait for look again at once, and not spin if it has nothing to do. */
    private static final Duration MIN_WAIT = Duration.ofMillis(5);

    private static final int LOOKED_FURTHER = 16;

    /** Of each action and lane, when its policy is changed; what is beyond keeps its time. */
    private static final int MAX_BROUGHT_FORWARD = 5_000;

    private final FenceTable table;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final Bookkeeping bookkeeping;
    private final PhaseTwoSetup setup;
    private final RetryProperties settings;
    private final Backoff backoff;
    private final KnownBranches known;
    private final RunningAttempts running;
    private final PhaseTwoAttempts attempts;
    private final CoordinatorAnswers answers;
    private final Queue<String> changedPolicies = new ConcurrentLinkedQueue<>();
    /** Only the poller's own thread looks at it. */
    private final Set<String> failing = new HashSet<>();

    private final Semaphore wake = new Semaphore(0);
    private volatile @Nullable Set<String> pausedActions;
    private volatile boolean reachable = true;
    private volatile boolean stopping;
    private @Nullable Thread poller;
    private @Nullable Instant gaugesDue;

    RetryScheduler(
            FenceTable table,
            AttemptTable failed,
            TransactionTemplate business,
            PlatformTransactionManager transactionManager,
            FenceMetrics metrics,
            Clock clock,
            PhaseTwoSetup setup) {
        this.table = table;
        this.metrics = metrics;
        this.clock = clock;
        this.setup = setup;
        this.settings = setup.settings();
        this.bookkeeping = new Bookkeeping(transactionManager);
        this.backoff = new Backoff(setup.random());
        this.known = new KnownBranches(settings.remembered());
        this.running = new RunningAttempts(settings, wake::release);
        this.attempts = new PhaseTwoAttempts(
                table, failed, metrics, clock, business, bookkeeping, setup, backoff, known, wake::release);
        this.answers = new CoordinatorAnswers(
                table, metrics, clock, bookkeeping, setup, known, running, attempts, wake::release);
    }

    /** Starts to look for attempts that are due. */
    public synchronized void start() {
        if (poller != null) {
            return;
        }
        // A policy that makes no sense has to stop the start, not the first retry.
        setup.actions().names().forEach(setup.policies()::of);
        stopping = false;
        poller = BackgroundThreads.lasting(POLLER, this::pollUntilStopped, () -> !stopping);
        poller.setDaemon(true);
        poller.start();
        log.info("The schedule of phase two works as {}, which is the name that its rows bear", setup.instance());
    }

    /** Takes nothing more, and waits a little for what is running; what does not end in time is taken over by others. */
    public synchronized void stop() {
        Thread thread = poller;
        if (thread == null) {
            return;
        }
        stopping = true;
        wake.release();
        try {
            thread.join(settings.stopWithin().toMillis() + 1);
            if (!running.awaitNone(settings.stopWithin())) {
                log.warn("Phase two is stopped while {} attempts are running", running.count());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller = null;
    }

    public synchronized boolean isRunning() {
        return poller != null;
    }

    /** Ends its threads for ever. */
    public void close() {
        stop();
        running.close();
    }

    /** @return false if attempts are still running after that time */
    boolean awaitIdle(Duration atMost) throws InterruptedException {
        return running.awaitNone(atMost);
    }

    // What the coordinator's calls need

    /** What this schedule tells the coordinator, and what it has to know from it. */
    CoordinatorAnswers answers() {
        return answers;
    }

    boolean isPaused(String action) {
        Set<String> paused = pausedActions;
        if (paused == null) {
            // Before the first look of the poller: a paused action must not run once at every start.
            try {
                paused = readHeads(List.of()).paused();
            } catch (RuntimeException e) {
                log.warn("It could not be read which actions are paused: {}", Failures.describe(e));
                paused = Set.of();
            }
        }
        return paused.contains(action) || setup.policies().of(action).paused();
    }

    ActionPolicy policyOf(String action) {
        return setup.policies().of(action);
    }

    // The poller

    private void pollUntilStopped() {
        while (!stopping) {
            Duration wait = settings.pollInterval();
            try {
                wait = poll();
                if (!reachable) {
                    reachable = true;
                    log.info("The schedule of phase two reads its rows again");
                }
            } catch (RuntimeException | Error e) {
                // Whatever it is: without this thread nothing would ever be attempted again.
                if (e instanceof Error) {
                    BackgroundFailure.alarm(POLLER, e);
                }
                if (reachable) {
                    reachable = false;
                    log.error("The schedule of phase two cannot read its rows; nothing is attempted until it can", e);
                }
            }
            try {
                if (wake.tryAcquire(Math.max(wait.toMillis(), MIN_WAIT.toMillis()), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * One look: prolongs the leases of what is running, and starts whatever is due and has a place.
     *
     * @return how long nothing will be due
     */
    Duration poll() {
        Instant now = clock.instant();
        guarded("the leases", () -> renewLeases(now));
        guarded("the backlog", () -> refreshGauges(now));
        guarded("changed policies", () -> bringForward(now));
        Set<String> actions = setup.actions().names();
        Heads heads = readHeads(actions);
        Duration wait = settings.pollInterval();
        for (RetryTier lane : RetryTier.values()) {
            for (String action : actions) {
                Instant due = heads.due(action, lane);
                if (due != null) {
                    AtomicReference<Duration> ofLane = new AtomicReference<>(settings.pollInterval());
                    guarded(action, () -> ofLane.set(startDue(action, lane, due, now)));
                    wait = shorter(wait, ofLane.get());
                }
            }
        }
        return wait;
    }

    /** What goes wrong with one action must not hold up the others. It is told when it begins and when it ends. */
    private void guarded(String what, Runnable task) {
        try {
            task.run();
            if (failing.remove(what)) {
                log.info("The schedule of phase two goes on with {}", what);
            }
        } catch (RuntimeException | Error e) {
            if (e instanceof Error) {
                BackgroundFailure.alarm(POLLER, e);
            }
            if (failing.add(what)) {
                log.error("The schedule of phase two fails with {}, and tries it again and again", what, e);
            }
        }
    }

    /** @return how long nothing will be due in this lane */
    private Duration startDue(String action, RetryTier lane, Instant due, Instant now) {
        if (isPaused(action)) {
            return settings.pollInterval();
        }
        ActionPolicy policy = setup.policies().of(action);
        int free = running.places().free(action, lane, policy.concurrency());
        if (free == 0) {
            // Whoever leaves a place wakes the poller.
            return settings.pollInterval();
        }
        if (due.isAfter(now)) {
            return Duration.between(now, due);
        }
        // What comes next in this lane was not read.
        return start(action, lane, policy, now, free) > 0 ? Duration.ZERO : settings.pollInterval();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Heads readHeads(Collection<String> actions) {
        Set<String> paused = new HashSet<>();
        Map<String, Instant> due = new HashMap<>();
        for (Head head : table.heads(actions)) {
            if (head.lane() == 0) {
                paused.add(head.action());
            } else {
                due.put(head.action() + "/" + head.lane(), head.due());
            }
        }
        pausedActions = Set.copyOf(paused);
        return new Heads(paused, due);
    }

    private int start(String action, RetryTier lane, ActionPolicy policy, Instant now, int free) {
        Optional<TccAction> found = setup.actions().find(action);
        if (found.isEmpty()) {
            return 0;
        }
        // More than there are places: the first ones may be held by an instance whose lease ended in a local
        // transaction.
        List<ScheduledBranch> due = table.due(action, lane, now, free + LOOKED_FURTHER);
        List<ScheduledBranch> placed = new ArrayList<>();
        for (ScheduledBranch branch : due) {
            // One that is running here and lost its lease would meet itself.
            if (running.of(branch.key()) == null && running.places().take(action, lane, policy.concurrency())) {
                placed.add(branch);
            }
        }
        Instant lease = settings.leaseFrom(now);
        List<ScheduledBranch> claimed = new ArrayList<>();
        try {
            bookkeeping.run(() -> {
                claimed.clear();
                for (ScheduledBranch branch : placed) {
                    if (table.claim(branch, lease, setup.instance())) {
                        claimed.add(branch);
                    }
                }
            });
        } catch (RuntimeException | Error e) {
            placed.forEach(branch -> running.places().leave(action, lane));
            throw e;
        }
        for (ScheduledBranch branch : placed) {
            if (!claimed.contains(branch)) {
                running.places().leave(action, lane);
                continue;
            }
            Running attempt = Running.of(branch.decision().isConfirm(), Claim.until(lease));
            running.put(branch.key(), attempt);
            running.run(branch.key(), action, lane, attempt, () -> attempts.make(branch, found.get(), attempt.claim()));
        }
        return claimed.size();
    }

    private void renewLeases(Instant now) {
        Instant soon = now.plus(settings.lease().multipliedBy(2).dividedBy(3));
        running.forEach((key, claim) -> claim.renew(soon, until -> {
            Instant lease = settings.leaseFrom(now);
            return bookkeeping.change(() -> table.move(key, until, lease, setup.instance()))
                    ? Optional.of(lease)
                    : Optional.empty();
        }));
    }

    private void refreshGauges(Instant now) {
        if (gaugesDue == null || !now.isBefore(gaugesDue)) {
            gaugesDue = now.plus(settings.gaugeInterval());
            Set<String> actions = setup.actions().names();
            metrics.backlog(actions, table.backlog(actions), now);
        }
    }

    // What people have changed, and settings

    /** A person has changed a branch: what was known of it is not true any more. */
    void changed(BranchKey key) {
        known.forget(key);
        wake.release();
    }

    /** A person has paused or resumed an action. */
    void changedActions() {
        readHeads(List.of());
        wake.release();
    }

    /**
     * Policies were changed: branches that wait longer than the new ones would let them are brought forward. Those that would
     * wait longer now keep their time, and obey from the next attempt on.
     */
    public void policiesChanged(Set<String> actions) {
        changedPolicies.addAll(actions);
        wake.release();
    }

    private void bringForward(Instant now) {
        for (String action = changedPolicies.poll(); action != null; action = changedPolicies.poll()) {
            ActionPolicy policy = setup.policies().of(action);
            for (RetryTier lane : RetryTier.values()) {
                for (ScheduledBranch branch : table.dueAfter(action, lane, now, MAX_BROUGHT_FORWARD)) {
                    bringForward(branch, policy, now);
                }
            }
        }
    }

    private void bringForward(ScheduledBranch branch, ActionPolicy policy, Instant now) {
        Instant next = now.plus(backoff.delayAfter(Math.max(1, branch.delayStep()), policy));
        Instant deadline = branch.decidedAt().plus(policy.deadline());
        if (branch.giveUp() == null && deadline.isBefore(next)) {
            next = deadline.isBefore(now) ? now : deadline;
        }
        Instant to = next;
        boolean tooLate =
                branch.nextAttemptAt().isAfter(now.plus(Backoff.bound(Math.max(1, branch.delayStep()), policy)))
                        || (branch.giveUp() == null && branch.nextAttemptAt().isAfter(deadline));
        if (tooLate && bookkeeping.change(() -> table.move(branch.key(), branch.nextAttemptAt(), to, null))) {
            known.forget(branch.key());
        }
    }

    /** @param due by action and code of the lane */
    private record Heads(Set<String> paused, Map<String, Instant> due) {

        @Nullable
        Instant due(String action, RetryTier lane) {
            return due.get(action + "/" + lane.code());
        }
    }
}
