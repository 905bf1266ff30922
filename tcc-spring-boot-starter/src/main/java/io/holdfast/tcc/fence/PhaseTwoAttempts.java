package io.holdfast.tcc.fence;

import io.holdfast.tcc.EmptyRollbackHook;
import io.holdfast.tcc.GiveUp;
import io.holdfast.tcc.GiveUpReason;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.retry.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes an attempt to end a branch from its row, and writes down what came of it: its end, together with its effect; or the
 * failure, and what follows from that.
 */
final class PhaseTwoAttempts {

    private static final Logger log = LoggerFactory.getLogger(PhaseTwoAttempts.class);

    private final FenceTable table;
    private final AttemptTable attempts;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final TransactionTemplate business;
    private final Bookkeeping bookkeeping;
    private final PhaseTwoSetup setup;
    private final Backoff backoff;
    private final KnownBranches known;
    private final Runnable wake;

    /** @param wake is told when something may be due earlier than it was */
    PhaseTwoAttempts(
            FenceTable table,
            AttemptTable attempts,
            FenceMetrics metrics,
            Clock clock,
            TransactionTemplate business,
            Bookkeeping bookkeeping,
            PhaseTwoSetup setup,
            Backoff backoff,
            KnownBranches known,
            Runnable wake) {
        this.table = table;
        this.attempts = attempts;
        this.metrics = metrics;
        this.clock = clock;
        this.business = business;
        this.bookkeeping = bookkeeping;
        this.setup = setup;
        this.backoff = backoff;
        this.known = known;
        this.wake = wake;
    }

    /** Makes the attempt that a claimed row asks for. It throws nothing. */
    void make(ScheduledBranch branch, TccAction action, Claim claim) {
        Instant startedAt = clock.instant();
        try {
            BusinessActionContext context = ActionContexts.read(branch);
            BranchCall call = action.call(branch.key(), branch.decision(), context);
            call.bound(() -> succeeded(branch, attempt(branch, call, claim)));
        } catch (ClaimLostException e) {
            known.forget(branch.key());
            log.info("An attempt of {} ended after its branch was taken over, {}", branch.action(), branch.key());
        } catch (RuntimeException | Error e) {
            // An Error too, such as a class that is missing: else it would be attempted for ever and never given up.
            Instant token = Objects.requireNonNull(claim.fix());
            failed(withDue(branch, token), action.bean(), false, startedAt, e);
        }
    }

    private FenceOutcome attempt(ScheduledBranch branch, BranchCall call, Claim claim) {
        GiveUpReason reason = branch.giveUp();
        if (reason != null) {
            if (!(call.bean() instanceof GiveUp giveUp)) {
                throw new IllegalStateException(
                        branch.action() + " is to be given up, and this version of it does not know how");
            }
            giveUp.beforeGiveUp(call.context(), reason);
            end(branch, claim, FenceStatus.GIVEN_UP, () -> giveUp.giveUp(call.context(), reason));
            return FenceOutcome.GIVEN_UP;
        }
        switch (branch.decision()) {
            case CONFIRM -> {
                if (call.bean() instanceof RemoteConfirmStep step) {
                    step.beforeConfirm(call.context());
                }
                end(branch, claim, FenceStatus.COMMITTED, call::invoke);
                return FenceOutcome.COMMITTED;
            }
            case CANCEL -> {
                end(branch, claim, FenceStatus.ROLLBACKED, call::invoke);
                return FenceOutcome.ROLLED_BACK;
            }
            case EMPTY_ROLLBACK -> {
                end(branch, claim, FenceStatus.SUSPENDED, () -> {
                    if (call.bean() instanceof EmptyRollbackHook hook) {
                        hook.onEmptyRollback(call.context());
                    }
                });
                return FenceOutcome.EMPTY_ROLLBACK;
            }
        }
        throw new IllegalStateException("Unknown decision " + branch.decision());
    }

    /** The end of the row and its effect: both or neither. */
    private void end(ScheduledBranch branch, Claim claim, FenceStatus status, Runnable effect) {
        Instant token = Objects.requireNonNull(claim.fix());
        business.executeWithoutResult(transaction -> {
            if (!table.finish(branch.key(), token, status, clock.instant())) {
                throw new ClaimLostException(branch.key());
            }
            effect.run();
        });
    }

    private static ScheduledBranch withDue(ScheduledBranch branch, Instant due) {
        return new ScheduledBranch(
                branch.key(),
                branch.action(),
                branch.decision(),
                branch.decidedAt(),
                branch.attempts(),
                branch.delayStep(),
                branch.giveUp(),
                due,
                branch.context());
    }

    private void succeeded(ScheduledBranch branch, FenceOutcome outcome) {
        known.ended(branch.key(), branch.decision().isConfirm());
        metrics.count(branch.action(), outcome);
        metrics.attempted(branch, "done");
        metrics.ended(branch.action(), outcome, Duration.between(branch.decidedAt(), clock.instant()));
        if (outcome == FenceOutcome.GIVEN_UP) {
            log.warn(
                    "{} is given up after {} failed attempts ({}), {}",
                    branch.action(),
                    branch.attempts(),
                    branch.giveUp(),
                    branch.key());
        } else {
            log.info(
                    "{} of {} took effect after {} failed attempts, {}",
                    branch.decision(),
                    branch.action(),
                    branch.attempts(),
                    branch.key());
        }
    }

    /**
     * Records a failed attempt and what follows from it, in a transaction of its own: that of the attempt is rolled back.
     *
     * @param unwritten whether nothing of the decision is in the row yet
     * @param startedAt when the attempt began
     * @return whether the coordinator need not come again
     */
    boolean failed(ScheduledBranch branch, Object bean, boolean unwritten, Instant startedAt, Throwable failure) {
        Throwable cause = Failures.causeOf(failure);
        String error = Failures.describe(cause);
        metrics.count(
                branch.action(), branch.giveUp() == null ? branch.decision().failed() : FenceOutcome.GIVE_UP_FAILED);
        metrics.attempted(branch, Failures.isExpected(cause) ? "refused" : "failed");
        Instant now = clock.instant();
        BranchKey key = branch.key();
        try {
            NextStep next = NextStep.after(
                    branch, cause, bean instanceof GiveUp, setup.policies().of(branch.action()), backoff, now);
            boolean recorded = bookkeeping.change(() -> {
                if (unwritten && !table.schedule(branch, setup.instance())) {
                    return false;
                }
                if (!record(branch, next, error, now)) {
                    return false;
                }
                if (branch.attempts() < Integer.MAX_VALUE) {
                    // Beyond it there are no numbers left; the fence row still tells of the last one.
                    attempts.add(key, failedAttempt(branch, next, error, startedAt, now));
                }
                return true;
            });
            if (!recorded) {
                known.forget(key);
                log.info(
                        "The failed attempt of {} is not recorded: the branch has ended, or others attempt it, {}",
                        branch.action(),
                        key);
                return false;
            }
            return told(branch, next, cause, error, now);
        } catch (RuntimeException e) {
            log.error("The failed attempt of {} could not be recorded, {}", branch.action(), key, e);
            return false;
        }
    }

    private boolean record(ScheduledBranch branch, NextStep next, String error, Instant now) {
        BranchKey key = branch.key();
        Instant claim = branch.nextAttemptAt();
        if (next instanceof NextStep.Again again) {
            return table.recordFailure(key, claim, again.delayStep(), again.at(), error);
        }
        if (next instanceof NextStep.GivingUp giveUp) {
            return table.recordGivingUp(key, claim, now, giveUp.reason(), error);
        }
        return table.recordParked(key, claim, error, now);
    }

    /** The claim held until now, so nobody else has counted an attempt meanwhile. */
    private FailedAttempt failedAttempt(
            ScheduledBranch branch, NextStep next, String error, Instant startedAt, Instant now) {
        Instant due =
                next instanceof NextStep.Again again ? again.at() : next instanceof NextStep.GivingUp ? now : null;
        return new FailedAttempt(
                branch.attempts() + 1, branch.operation(), startedAt, now, error, due, setup.instance());
    }

    /** One line for each change of state; an attempt that fails like the one before it is none. */
    private boolean told(ScheduledBranch branch, NextStep next, Throwable cause, String error, Instant now) {
        BranchKey key = branch.key();
        if (next instanceof NextStep.Again again) {
            known.due(key, branch.decision().isConfirm(), again.at(), now);
            if (branch.attempts() > 0) {
                log.debug("{} of {} failed again: {}, {}", branch.decision(), branch.action(), error, key);
            } else if (Failures.isExpected(cause)) {
                log.info("{} of {} has to wait: {}, {}", branch.decision(), branch.action(), error, key);
            } else {
                log.warn("{} of {} failed and is scheduled, {}", branch.decision(), branch.action(), key, cause);
            }
            wake.run();
            return false;
        }
        if (next instanceof NextStep.GivingUp giveUp) {
            known.due(key, true, now, now);
            log.warn("{} is being given up ({}), {}", branch.action(), giveUp.reason(), key);
            wake.run();
            return false;
        }
        known.ended(key, branch.decision().isConfirm());
        metrics.parked(branch.action());
        log.error(
                "PARKED: {} of {} cannot be done and waits for a person: {}, {}",
                branch.giveUp() == null ? branch.decision() : "the give-up",
                branch.action(),
                error,
                key);
        return true;
    }
}
