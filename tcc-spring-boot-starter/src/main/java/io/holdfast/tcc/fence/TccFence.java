package io.holdfast.tcc.fence;

import io.holdfast.tcc.EmptyRollbackHook;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.TryMemory;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.retry.ActionPolicy;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.apache.seata.common.executor.Callback;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Holdfast's fence, in the place of Seata's own.
 *
 * <p>Each of Try, Confirm and Cancel runs in one local transaction together with the branch's row in
 * {@code tcc_fence_log}, so that either both take effect or neither does:
 *
 * <table>
 * <caption>What each operation does</caption>
 * <tr><th>operation</th><th>first</th><th>otherwise</th></tr>
 * <tr><td>Try</td><td>insert TRIED</td><td>SUSPENDED: refused (anti-suspension); any other row: refused as a duplicate</td></tr>
 * <tr><td>Confirm</td><td>TRIED to COMMITTED</td><td>COMMITTED, GIVEN_UP, PARKED: true, no effect. No row: recorded, true.
 * Decided and scheduled: false. ROLLBACKED: an alarm</td></tr>
 * <tr><td>Cancel</td><td>one upsert: nothing to SUSPENDED, TRIED to ROLLBACKED</td><td>ROLLBACKED or SUSPENDED: true, no
 * effect. Decided and scheduled: false. COMMITTED: an alarm</td></tr>
 * </table>
 *
 * <p>No operation selects for update before it writes, and the isolation is READ COMMITTED unless set otherwise: InnoDB locks
 * the gap around a row that is looked for and missing, and two branches that then insert there deadlock.
 *
 * <p>A Confirm or Cancel of a branch that was tried on another schema is refused before any of that.
 *
 * <p>A Confirm or Cancel that fails leaves no effect. Its row then keeps the decision, the reason, the context and the time of
 * the next attempt, which the {@link RetryScheduler} makes; the coordinator is told that the branch is not done yet, from
 * memory, as often as it asks. A branch that is given up or parked is out of its way.
 */
public final class TccFence implements FenceHandler {

    private static final Logger log = LoggerFactory.getLogger(TccFence.class);

    private final FenceTable table;
    private final OrphanTable orphans;
    private final Bookkeeping bookkeeping;
    private final TccActions actions;
    private final OwnBranches ownBranches;
    private final FenceCleaner cleaner;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final RetryScheduler schedule;
    private final CoordinatorAnswers answers;
    private final BranchOperations operations;

    /** Branches that were tried here and whose end nobody has asked for yet. */
    private final TryMemory<Boolean> triedHere = new TryMemory<>();

    /**
     * @param dataSource where the actions' own tables are too; the fence is worth nothing in another database
     * @param transactionManager of that same data source
     * @throws IllegalStateException if the database is none that the fence has SQL for, or cannot be reached, or the schema has no
     *     table for its identity
     */
    public TccFence(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            FenceProperties settings,
            FenceMetrics metrics,
            Clock clock,
            PhaseTwoSetup phaseTwo) {
        this.table = new FenceTable(dataSource);
        AuditTable audit = new AuditTable(dataSource);
        this.orphans = new OrphanTable(dataSource, audit, phaseTwo.instance());
        this.bookkeeping = new Bookkeeping(transactionManager);
        this.actions = phaseTwo.actions();
        this.ownBranches =
                new OwnBranches(SchemaIdentity.read(dataSource, transactionManager, table.dialect(), clock), metrics);
        this.metrics = metrics;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setIsolationLevel(settings.isolation().springValue());
        AttemptTable attempts = new AttemptTable(dataSource);
        this.cleaner = new FenceCleaner(table, attempts, transactionManager, settings, clock);
        this.schedule = new RetryScheduler(table, attempts, transaction, transactionManager, metrics, clock, phaseTwo);
        this.answers = schedule.answers();
        this.operations = new BranchOperations(
                table,
                new OperationsTable(dataSource),
                audit,
                attempts,
                transactionManager,
                schedule,
                phaseTwo.actions(),
                clock);
    }

    /** The cleaner of this fence's table; whoever runs it decides when. */
    public FenceCleaner cleaner() {
        return cleaner;
    }

    /** Which schema this fence works on. */
    public SchemaIdentity schema() {
        return ownBranches.schema();
    }

    /**
     * Those who end branches whose end nobody asks for; whoever runs it decides when.
     *
     * @throws IllegalStateException if {@code tcc_audit} does not take what they write; the message names the script
     */
    public OrphanedBranches orphanedBranches(GlobalTransactions coordinator, OrphanProperties settings) {
        bookkeeping.rehearse(() -> orphans.requireOperations(table.dialect().folder(), clock.instant()));
        return new OrphanedBranches(
                orphans, bookkeeping, schedule, actions, schema(), metrics, clock, coordinator, settings);
    }

    /** The schedule of attempts that did not succeed at once; whoever starts it has to stop it. */
    public RetryScheduler schedule() {
        return schedule;
    }

    /** What people may see of branches that are not finished, and do about them. */
    public BranchOperations operations() {
        return operations;
    }

    @Override
    public Object prepareFence(String xid, Long branchId, String action, Callback<Object> businessTry) {
        BranchKey key = new BranchKey(xid, branchId);
        BusinessActionContext context = contextOf(key);
        Tried tried;
        try {
            tried = Objects.requireNonNull(transaction.execute(status -> {
                Map<String, Object> before = valuesOf(context);
                if (!table.insertTried(key, action, written(context), clock.instant())) {
                    // Why it is there is asked after the rollback: PostgreSQL answers nothing in a failed transaction.
                    status.setRollbackOnly();
                    return new Tried(false, null);
                }
                Object result = execute(businessTry);
                String after = before.equals(valuesOf(context)) ? null : written(context);
                if (after != null) {
                    table.keepContext(key, after);
                }
                return new Tried(true, result);
            }));
        } catch (RuntimeException e) {
            metrics.count(action, FenceOutcome.TRY_FAILED);
            throw e instanceof SkipCallbackWrapperException ? e : new SkipCallbackWrapperException(e);
        }
        if (!tried.tookEffect()) {
            throw refuse(key, action);
        }
        triedHere.note(xid, branchId, true);
        metrics.count(action, FenceOutcome.TRIED);
        return tried.result();
    }

    /** Seata has it on the thread of the Try. Null if somebody else calls the fence, as a test may: then none is kept. */
    private static @Nullable BusinessActionContext contextOf(BranchKey key) {
        BusinessActionContext context = BusinessActionContextUtil.getContext();
        return context != null && key.xid().equals(context.getXid()) && key.branchId() == context.getBranchId()
                ? context
                : null;
    }

    private @Nullable String written(@Nullable BusinessActionContext context) {
        return context == null ? null : ActionContexts.write(context, schema());
    }

    private static Map<String, Object> valuesOf(@Nullable BusinessActionContext context) {
        Map<String, Object> values = context == null ? null : context.getActionContext();
        return values == null ? Map.of() : new HashMap<>(values);
    }

    private SkipCallbackWrapperException refuse(BranchKey key, String action) {
        boolean ended = table.find(key)
                .filter(row -> row.status() == FenceStatus.SUSPENDED)
                .isPresent();
        metrics.count(action, ended ? FenceOutcome.SUSPENDED : FenceOutcome.DUPLICATE);
        return new SkipCallbackWrapperException(
                ended
                        ? new TryRefusedException.Suspended(action, key.xid(), key.branchId())
                        : new TryRefusedException.Duplicate(action, key.xid(), key.branchId()));
    }

    @Override
    public boolean commitFence(Method confirm, Object bean, String xid, Long branchId, Object[] args) {
        BranchKey key = new BranchKey(xid, branchId);
        BusinessActionContext context = contextOf(args);
        BranchCall call = new BranchCall(key, nameOf(context, confirm), bean, confirm, args, context);
        ownBranches.require(call.action(), key, context);
        // Whoever asks a second time may find the branch scheduled, and somebody at it.
        boolean open = triedHere.take(xid, branchId).isPresent();
        ActionPolicy policy = schedule.policyOf(call.action());
        Optional<Boolean> known = answers.known(key, true, policy);
        if (known.isPresent()) {
            return answered(call, known.get());
        }
        Instant decidedAt = clock.instant();
        if (schedule.isPaused(call.action())) {
            return putOff(call, Decision.CONFIRM, decidedAt);
        }
        if (policy.async()) {
            return answers.confirmAsync(call, decidedAt, policy, claim -> confirm(call, decidedAt, claim, open));
        }
        return confirm(call, decidedAt, Claim.none(), open);
    }

    /** @param open whether the branch is known to be tried, and not to have been asked to confirm before */
    private boolean confirm(BranchCall call, Instant decidedAt, Claim claim, boolean open) {
        BranchKey key = call.key();
        long start = System.nanoTime();
        try {
            if (call.bean() instanceof RemoteConfirmStep step) {
                if (!(open && step.onlyAsks()) && !isOpen(key)) {
                    return settleEnded(call);
                }
                step.beforeConfirm(call.context());
            }
            Instant token = claim.fix();
            boolean confirmed = Objects.requireNonNull(transaction.execute(status -> {
                boolean tried = token == null
                        ? table.commit(key, clock.instant())
                        : table.finish(key, token, FenceStatus.COMMITTED, clock.instant());
                if (tried) {
                    call.invoke();
                }
                return tried;
            }));
            if (!confirmed) {
                return settleEnded(call);
            }
            metrics.ended(call.action(), FenceOutcome.COMMITTED, Duration.ofNanos(System.nanoTime() - start));
            return settle(key, call.action(), FenceOutcome.COMMITTED, "Confirm");
        } catch (RuntimeException | Error e) {
            return answers.firstAttemptFailed(call, Decision.CONFIRM, decidedAt, claim, e);
        }
    }

    private boolean isOpen(BranchKey key) {
        return table.find(key)
                .filter(row -> row.status() == FenceStatus.TRIED && row.decision() == null)
                .isPresent();
    }

    /**
     * In a transaction of its own: under REPEATABLE READ the update of a missing row has locked a gap, and two Confirms that
     * insert into gaps of each other deadlock.
     */
    private boolean settleEnded(BranchCall call) {
        FenceOutcome outcome =
                Objects.requireNonNull(transaction.execute(status -> confirmOfEndedBranch(call.key(), call.action())));
        return settle(call.key(), call.action(), outcome, "Confirm");
    }

    private FenceOutcome confirmOfEndedBranch(BranchKey key, String action) {
        Optional<FenceRow> found = table.find(key);
        if (found.isEmpty()) {
            if (table.insertSuspended(key, action, "Confirm without Try", clock.instant())) {
                return FenceOutcome.CONFIRM_WITHOUT_TRY;
            }
            throw new IllegalStateException("A Try of " + action + " is ending at this moment, " + key);
        }
        FenceRow row = found.get();
        if (row.decision() != null && row.decision() != Decision.CONFIRM) {
            return FenceOutcome.CONTRADICTION;
        }
        return switch (row.status()) {
            case COMMITTED, SUSPENDED, GIVEN_UP, PARKED -> ended(key, row);
            case ROLLBACKED -> FenceOutcome.CONTRADICTION;
            case TRIED -> {
                if (row.decision() == null) {
                    // The Try was committed between our update and this look: the next attempt finds it.
                    throw new IllegalStateException("A Try of " + action + " ended at this moment, " + key);
                }
                answers.remember(key, true, row);
                yield FenceOutcome.SCHEDULED;
            }
        };
    }

    private FenceOutcome ended(BranchKey key, FenceRow row) {
        answers.remember(key, true, row);
        return FenceOutcome.REPEATED;
    }

    @Override
    public boolean rollbackFence(Method cancel, Object bean, String xid, Long branchId, Object[] args, String action) {
        BranchKey key = new BranchKey(xid, branchId);
        BranchCall call = new BranchCall(key, action, bean, cancel, args, contextOf(args));
        ownBranches.require(action, key, call.context());
        triedHere.take(xid, branchId);
        Optional<Boolean> known = answers.known(key, false, schedule.policyOf(action));
        if (known.isPresent()) {
            return answered(call, known.get());
        }
        Instant decidedAt = clock.instant();
        if (schedule.isPaused(action)) {
            return putOff(call, Decision.CANCEL, decidedAt);
        }
        AtomicReference<Decision> decision = new AtomicReference<>(Decision.CANCEL);
        long start = System.nanoTime();
        try {
            FenceOutcome outcome = Objects.requireNonNull(
                    transaction.execute(status -> switch (table.cancel(key, action, clock.instant())) {
                        case NOW -> {
                            call.invoke();
                            yield FenceOutcome.ROLLED_BACK;
                        }
                        case BEFORE_ITS_TRY -> {
                            decision.set(Decision.EMPTY_ROLLBACK);
                            if (bean instanceof EmptyRollbackHook hook) {
                                hook.onEmptyRollback(call.context());
                            }
                            yield FenceOutcome.EMPTY_ROLLBACK;
                        }
                        case EARLIER ->
                            table.find(key)
                                    .map(row -> cancelOfEndedBranch(key, row))
                                    .orElseThrow(() -> new IllegalStateException("Fence row vanished: " + key));
                    }));
            if (outcome == FenceOutcome.ROLLED_BACK || outcome == FenceOutcome.EMPTY_ROLLBACK) {
                metrics.ended(action, outcome, Duration.ofNanos(System.nanoTime() - start));
            }
            return settle(key, action, outcome, "Cancel");
        } catch (RuntimeException | Error e) {
            return answers.firstAttemptFailed(call, decision.get(), decidedAt, Claim.none(), e);
        }
    }

    private FenceOutcome cancelOfEndedBranch(BranchKey key, FenceRow row) {
        // After a commit decision nothing is ever cancelled, whether the Confirm has taken effect, still has to, or
        // cannot.
        if (row.decision() == Decision.CONFIRM
                || row.status() == FenceStatus.COMMITTED
                || row.status() == FenceStatus.GIVEN_UP) {
            return FenceOutcome.CONTRADICTION;
        }
        answers.remember(key, false, row);
        return row.isScheduled() ? FenceOutcome.SCHEDULED : FenceOutcome.REPEATED;
    }

    /** A paused action: the decision is kept, and no attempt is made. */
    private boolean putOff(BranchCall call, Decision decision, Instant decidedAt) {
        try {
            if (answers.postpone(call, decision, decidedAt)) {
                return answered(call, false);
            }
            if (decision == Decision.CONFIRM) {
                return settleEnded(call);
            }
            Optional<FenceRow> row = table.find(call.key());
            if (row.isPresent()) {
                return settle(call.key(), call.action(), cancelOfEndedBranch(call.key(), row.get()), "Cancel");
            }
            answers.postpone(call, Decision.EMPTY_ROLLBACK, decidedAt);
            return answered(call, false);
        } catch (RuntimeException e) {
            metrics.count(call.action(), decision.failed());
            log.error("{} of {} could not be put off, {}", decision, call.action(), call.key(), e);
            return false;
        }
    }

    private boolean answered(BranchCall call, boolean ended) {
        metrics.count(call.action(), ended ? FenceOutcome.REPEATED : FenceOutcome.SCHEDULED);
        return ended;
    }

    @Override
    public int deleteFenceByDate(Date before) {
        return cleaner.deleteFinalRowsBefore(before.toInstant());
    }

    private boolean settle(BranchKey key, String action, FenceOutcome outcome, String operation) {
        metrics.count(action, outcome);
        switch (outcome) {
            case CONTRADICTION -> {
                answers.contradicted(key, operation.equals("Confirm"));
                log.error(
                        "ALARM {} of {} came for a branch that ended the other way, {}. Nothing was changed; compare the"
                                + " coordinator's record of this xid with tcc_fence_log.",
                        operation,
                        action,
                        key);
            }
            case CONFIRM_WITHOUT_TRY ->
                log.error(
                        "ALARM Confirm of {} came for a branch that was never tried, {}. Recorded; a late Try will be refused.",
                        action,
                        key);
            default -> log.debug("{} of {}: {}, {}", operation, action, outcome, key);
        }
        return outcome != FenceOutcome.CONTRADICTION && outcome != FenceOutcome.SCHEDULED;
    }

    private static @Nullable Object execute(Callback<Object> businessTry) {
        try {
            return businessTry.execute();
        } catch (Throwable t) {
            throw new SkipCallbackWrapperException(t);
        }
    }

    private static BusinessActionContext contextOf(Object[] args) {
        for (Object arg : args) {
            if (arg instanceof BusinessActionContext context) {
                return context;
            }
        }
        return BusinessActionContextUtil.getContext();
    }

    private static String nameOf(@Nullable BusinessActionContext context, Method confirm) {
        String name = context == null ? null : context.getActionName();
        return name == null ? confirm.getDeclaringClass().getSimpleName() + "." + confirm.getName() : name;
    }

    /** @param tookEffect false if the fence refused; then the business Try was not called */
    private record Tried(boolean tookEffect, @Nullable Object result) {}
}
