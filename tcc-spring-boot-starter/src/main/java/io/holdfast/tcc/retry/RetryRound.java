package io.holdfast.tcc.retry;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.tcc.retry.RetryTable.Heads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One look at what is to be attempted. One thread at a time makes it. */
final class RetryRound {

    private static final Logger log = LoggerFactory.getLogger(RetryRound.class);

    private final RetryTable table;
    private final TccActions actions;
    private final PausedActions paused;
    private final Leases leases;
    private final BacklogGauges gauges;
    private final PolicyChanges policyChanges;
    private final DueBranches dueBranches;
    private final Clock clock;
    private final Set<String> failing = new HashSet<>();

    RetryRound(
            RetryTable table,
            TccActions actions,
            PausedActions paused,
            Leases leases,
            BacklogGauges gauges,
            PolicyChanges policyChanges,
            DueBranches dueBranches,
            Clock clock) {
        this.table = table;
        this.actions = actions;
        this.paused = paused;
        this.leases = leases;
        this.gauges = gauges;
        this.policyChanges = policyChanges;
        this.dueBranches = dueBranches;
        this.clock = clock;
    }

    /**
     * Prolongs the leases of what is running, and starts whatever is due and has a permit.
     *
     * @param atMost how long may be waited if nothing is due
     * @return how long nothing will be due
     */
    Duration run(Duration atMost) {
        Instant now = clock.instant();
        guarded("the leases", () -> leases.renew(now));
        guarded("the backlog", () -> gauges.refresh(now));
        guarded("changed policies", () -> policyChanges.bringForward(now));
        Set<String> names = actions.names();
        Heads heads = table.heads(names);
        paused.are(heads.paused());
        AtomicReference<Duration> wait = new AtomicReference<>(atMost);
        for (RetryTier tier : RetryTier.values()) {
            for (String action : names) {
                Instant due = heads.due(action, tier);
                if (due != null) {
                    guarded(action, () -> {
                        if (!paused.contains(action)) {
                            Duration ofTier = dueBranches.start(action, tier, due, now);
                            wait.updateAndGet(other -> ofTier.compareTo(other) < 0 ? ofTier : other);
                        }
                    });
                }
            }
        }
        return wait.get();
    }

    /** What goes wrong with one action must not hold up the others. It is logged when it begins and when it ends. */
    private void guarded(String what, Runnable task) {
        try {
            task.run();
            if (failing.remove(what)) {
                log.info("The retry scheduler goes on with {}", what);
            }
        } catch (RuntimeException | Error e) {
            if (e instanceof Error) {
                BackgroundFailure.alarm(RetryScheduler.THREAD, e);
            }
            if (failing.add(what)) {
                log.error("The retry scheduler fails with {}, and tries it again and again", what, e);
            }
        }
    }
}
