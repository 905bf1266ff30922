package io.holdfast.tcc.fence;

import io.holdfast.tcc.fence.RunningAttempts.Running;
import io.holdfast.tcc.retry.ActionPolicy;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator's calls need of the schedule: an answer from memory, and that a decision is durable before it is told to
 * go on.
 */
final class CoordinatorAnswers {

    private static final Logger log = LoggerFactory.getLogger(CoordinatorAnswers.class);

    private final FenceTable table;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final Bookkeeping bookkeeping;
    private final PhaseTwoSetup setup;
    private final KnownBranches known;
    private final RunningAttempts running;
    private final PhaseTwoAttempts attempts;
    private final Runnable wake;

    /** @param wake is told when something may be due earlier than it was */
    CoordinatorAnswers(
            FenceTable table,
            FenceMetrics metrics,
            Clock clock,
            Bookkeeping bookkeeping,
            PhaseTwoSetup setup,
            KnownBranches known,
            RunningAttempts running,
            PhaseTwoAttempts attempts,
            Runnable wake) {
        this.table = table;
        this.metrics = metrics;
        this.clock = clock;
        this.bookkeeping = bookkeeping;
        this.setup = setup;
        this.known = known;
        this.running = running;
        this.attempts = attempts;
        this.wake = wake;
    }

    /**
     * The answer to the coordinator without a look into the database. It waits for an attempt that is running as long as it may.
     *
     * @return empty if the row has to be looked at
     */
    Optional<Boolean> known(BranchKey key, boolean confirm, ActionPolicy policy) {
        Running attempt = running.of(key);
        if (attempt == null) {
            return known.answer(key, confirm, clock.instant());
        }
        if (attempt.confirm() != confirm) {
            return Optional.empty();
        }
        try {
            long wait = policy.async() ? policy.answerWithin().toNanos() : 0;
            return Optional.of(attempt.await(System.nanoTime() + wait).orElse(false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(false);
        }
    }

    void remember(BranchKey key, boolean confirm, FenceRow row) {
        Instant due = row.nextAttemptAt();
        if (due == null) {
            known.ended(key, confirm);
        } else if (row.claimedBy() == null) {
            known.due(key, confirm, due, clock.instant());
        } else {
            known.claimedElsewhere(key, confirm, due, clock.instant());
        }
    }

    void contradicted(BranchKey key, boolean confirm) {
        known.contradicted(key, confirm, clock.instant());
    }

    /**
     * Makes a decision durable without an attempt: it is due now.
     *
     * @return false if the branch is not in the state that the decision starts from, or is decided already
     */
    boolean postpone(BranchCall call, Decision decision, Instant decidedAt) {
        ScheduledBranch branch = scheduled(call, decision, decidedAt, decidedAt);
        boolean written = bookkeeping.change(() -> table.schedule(branch, null));
        if (written) {
            known.due(call.key(), decision.isConfirm(), decidedAt, decidedAt);
            log.info("{} of {} is put off, {}", decision, call.action(), call.key());
            wake.run();
        }
        return written;
    }

    /**
     * Makes a decision durable whose first attempt failed, and says when the next one is due.
     *
     * @return what the coordinator is told: true only if the branch is parked
     */
    boolean firstAttemptFailed(BranchCall call, Decision decision, Instant decidedAt, Claim claim, Throwable failure) {
        Instant token = claim.fix();
        ScheduledBranch branch = scheduled(
                call,
                decision,
                decidedAt,
                token == null ? clock.instant().plus(setup.settings().lease()) : token);
        return attempts.failed(branch, call.bean(), token == null, decidedAt, failure);
    }

    private static ScheduledBranch scheduled(BranchCall call, Decision decision, Instant decidedAt, Instant due) {
        return new ScheduledBranch(
                call.key(), call.action(), decision, decidedAt, 0, 0, null, due, ActionContexts.write(call.context()));
    }

    /**
     * Runs a first Confirm on a thread of the schedule's and waits for it as long as the policy says. If it takes longer, the
     * decision is made durable, so that the attempt is taken over should this instance die.
     *
     * @param attempt the first attempt; it answers as the coordinator is to be told
     */
    boolean confirmAsync(BranchCall call, Instant decidedAt, ActionPolicy policy, Function<Claim, Boolean> attempt) {
        long end = System.nanoTime() + policy.answerWithin().toNanos();
        Running mine = Running.of(true, Claim.none());
        Running other = running.putIfAbsent(call.key(), mine);
        boolean started = other != null;
        try {
            if (other != null) {
                return other.await(end).orElse(false);
            }
            if (!running.places().take(call.action(), RetryTier.EARLY, policy.concurrency(), policy.answerWithin())) {
                metrics.count(call.action(), FenceOutcome.SCHEDULED);
                postpone(call, Decision.CONFIRM, decidedAt);
                return false;
            }
            started = true;
            running.run(
                    call.key(),
                    call.action(),
                    RetryTier.EARLY,
                    mine,
                    () -> call.bound(() -> mine.result().complete(attempt.apply(mine.claim()))));
            Optional<Boolean> answer = mine.await(end);
            if (answer.isEmpty()) {
                makeDurable(call, decidedAt, mine.claim());
            }
            return answer.orElse(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            if (!started) {
                running.remove(call.key(), mine);
            }
        }
    }

    /** While the attempt is in its local transaction, this does nothing: the row is locked, and that ends soon either way. */
    private void makeDurable(BranchCall call, Instant decidedAt, Claim claim) {
        try {
            claim.makeDurable(() -> {
                Instant lease = setup.settings().leaseFrom(clock.instant());
                ScheduledBranch branch = scheduled(call, Decision.CONFIRM, decidedAt, lease);
                return bookkeeping.change(() -> table.schedule(branch, setup.instance()))
                        ? Optional.of(lease)
                        : Optional.empty();
            });
        } catch (RuntimeException e) {
            log.warn("The decided Confirm of {} could not be made durable yet, {}", call.action(), call.key(), e);
        }
    }
}
