package io.holdfast.tcc.fence;

import io.holdfast.tcc.EmptyRollbackHook;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.RemoteConfirmStep;
import io.holdfast.tcc.TryRefusedException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.apache.seata.common.executor.Callback;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.integration.tx.api.remoting.TwoPhaseResult;
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
 * <tr><td>Confirm</td><td>TRIED to COMMITTED</td><td>COMMITTED: true, no effect. No row: recorded, true. ROLLBACKED: an
 * alarm</td></tr>
 * <tr><td>Cancel</td><td>one upsert: nothing to SUSPENDED, TRIED to ROLLBACKED</td><td>ROLLBACKED or SUSPENDED: true, no
 * effect. COMMITTED: an alarm</td></tr>
 * </table>
 *
 * <p>No operation selects for update before it writes, and the isolation is READ COMMITTED unless set otherwise: InnoDB locks
 * the gap around a row that is looked for and missing, and two branches that then insert there deadlock.
 *
 * <p>A Confirm or Cancel that fails leaves no effect, adds one to the row's {@code attempts} and keeps the reason in
 * {@code last_error}; the coordinator is told to call again.
 */
public final class TccFence implements FenceHandler {

    private static final Logger log = LoggerFactory.getLogger(TccFence.class);

    private final FenceTable table;
    private final FenceCleaner cleaner;
    private final FenceMetrics metrics;
    private final Clock clock;
    private final TransactionTemplate transaction;

    /**
     * @param dataSource where the actions' own tables are too; the fence is worth nothing in another database
     * @param transactionManager of that same data source
     * @throws IllegalStateException if the database is none that the fence has SQL for, or cannot be reached
     */
    public TccFence(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            FenceSettings settings,
            FenceMetrics metrics,
            Clock clock) {
        this.table = new FenceTable(dataSource);
        this.metrics = metrics;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setIsolationLevel(settings.isolation().springValue());
        this.cleaner = new FenceCleaner(table, transactionManager, settings, clock);
    }

    /** The cleaner of this fence's table; whoever runs it decides when. */
    public FenceCleaner cleaner() {
        return cleaner;
    }

    @Override
    public Object prepareFence(String xid, Long branchId, String action, Callback<Object> businessTry) {
        BranchKey key = new BranchKey(xid, branchId);
        Tried tried;
        try {
            tried = Objects.requireNonNull(transaction.execute(status -> {
                if (!table.insertTried(key, action, clock.instant())) {
                    // Why it is there is asked after the rollback: PostgreSQL answers nothing in a failed transaction.
                    status.setRollbackOnly();
                    return new Tried(false, null);
                }
                return new Tried(true, execute(businessTry));
            }));
        } catch (RuntimeException e) {
            metrics.count(action, FenceOutcome.TRY_FAILED);
            throw e instanceof SkipCallbackWrapperException ? e : new SkipCallbackWrapperException(e);
        }
        if (!tried.tookEffect()) {
            throw refuse(key, action);
        }
        metrics.count(action, FenceOutcome.TRIED);
        return tried.result();
    }

    private SkipCallbackWrapperException refuse(BranchKey key, String action) {
        boolean ended =
                table.statusOf(key).filter(FenceStatus.SUSPENDED::equals).isPresent();
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
        String action = nameOf(context, confirm);
        try {
            if (bean instanceof RemoteConfirmStep step && !isEnded(key)) {
                step.beforeConfirm(context);
            }
            boolean confirmed = Objects.requireNonNull(transaction.execute(status -> {
                boolean tried = table.commit(key, clock.instant());
                if (tried) {
                    invoke(confirm, bean, args);
                }
                return tried;
            }));
            // In a transaction of its own: under REPEATABLE READ the update of a missing row has locked a gap, and two
            // Confirms that insert into gaps of each other deadlock.
            FenceOutcome outcome = confirmed
                    ? FenceOutcome.COMMITTED
                    : Objects.requireNonNull(transaction.execute(status -> confirmOfEndedBranch(key, action)));
            return settle(key, action, outcome, "Confirm");
        } catch (RuntimeException e) {
            return failed(key, action, FenceOutcome.CONFIRM_FAILED, e);
        }
    }

    private boolean isEnded(BranchKey key) {
        return table.statusOf(key).map(FenceStatus::isFinal).orElse(true);
    }

    private FenceOutcome confirmOfEndedBranch(BranchKey key, String action) {
        Optional<FenceStatus> status = table.statusOf(key);
        if (status.isEmpty()) {
            if (table.insertSuspended(key, action, "Confirm without Try", clock.instant())) {
                return FenceOutcome.CONFIRM_WITHOUT_TRY;
            }
            throw new IllegalStateException("A Try of " + action + " is ending at this moment, " + key);
        }
        return switch (status.get()) {
            case COMMITTED, SUSPENDED -> FenceOutcome.REPEATED;
            case ROLLBACKED -> FenceOutcome.CONTRADICTION;
            // The Try was committed between our update and this look: the next attempt finds it.
            case TRIED -> throw new IllegalStateException("A Try of " + action + " ended at this moment, " + key);
        };
    }

    @Override
    public boolean rollbackFence(Method cancel, Object bean, String xid, Long branchId, Object[] args, String action) {
        BranchKey key = new BranchKey(xid, branchId);
        try {
            FenceOutcome outcome = Objects.requireNonNull(
                    transaction.execute(status -> switch (table.cancel(key, action, clock.instant())) {
                        case NOW -> {
                            invoke(cancel, bean, args);
                            yield FenceOutcome.ROLLED_BACK;
                        }
                        case BEFORE_ITS_TRY -> {
                            if (bean instanceof EmptyRollbackHook hook) {
                                hook.onEmptyRollback(contextOf(args));
                            }
                            yield FenceOutcome.EMPTY_ROLLBACK;
                        }
                        case EARLIER ->
                            table.statusOf(key)
                                    .filter(FenceStatus.COMMITTED::equals)
                                    .map(committed -> FenceOutcome.CONTRADICTION)
                                    .orElse(FenceOutcome.REPEATED);
                    }));
            return settle(key, action, outcome, "Cancel");
        } catch (RuntimeException e) {
            return failed(key, action, FenceOutcome.CANCEL_FAILED, e);
        }
    }

    @Override
    public int deleteFenceByDate(Date before) {
        return cleaner.deleteFinalRowsBefore(before.toInstant());
    }

    private boolean settle(BranchKey key, String action, FenceOutcome outcome, String operation) {
        metrics.count(action, outcome);
        switch (outcome) {
            case CONTRADICTION ->
                log.error(
                        "ALARM {} of {} came for a branch that ended the other way, {}. Nothing was changed; compare the"
                                + " coordinator's record of this xid with tcc_fence_log.",
                        operation,
                        action,
                        key);
            case CONFIRM_WITHOUT_TRY ->
                log.error(
                        "ALARM Confirm of {} came for a branch that was never tried, {}. Recorded; a late Try will be refused.",
                        action,
                        key);
            default -> log.debug("{} of {}: {}, {}", operation, action, outcome, key);
        }
        return outcome != FenceOutcome.CONTRADICTION;
    }

    private boolean failed(BranchKey key, String action, FenceOutcome outcome, RuntimeException failure) {
        metrics.count(action, outcome);
        Throwable cause = failure instanceof SkipCallbackWrapperException ? failure.getCause() : failure;
        String error = cause instanceof NotYetException ? String.valueOf(cause.getMessage()) : cause.toString();
        if (cause instanceof NotYetException) {
            log.info("{} of {} has to wait: {}, {}", outcome, action, error, key);
        } else {
            log.warn("{} of {}, to be tried again, {}", outcome, action, key, cause);
        }
        try {
            // In a transaction of its own: the pools of TCC services have auto-commit off, so without one it is lost.
            boolean recorded = Objects.requireNonNull(transaction.execute(status -> table.recordFailure(key, error)));
            if (!recorded) {
                log.info(
                        "The failed attempt of {} is not recorded: the branch is not TRIED (any more), {}",
                        action,
                        key);
            }
        } catch (RuntimeException e) {
            log.error("The failed attempt of {} could not be recorded, {}", action, key, e);
        }
        return false;
    }

    private static @Nullable Object execute(Callback<Object> businessTry) {
        try {
            return businessTry.execute();
        } catch (Throwable t) {
            throw new SkipCallbackWrapperException(t);
        }
    }

    private static void invoke(Method method, Object bean, Object[] args) {
        Object answer;
        try {
            answer = method.invoke(bean, args);
        } catch (InvocationTargetException e) {
            throw new SkipCallbackWrapperException(e.getTargetException());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(
                    "The class of " + method + " and the method have to be public for Seata's phase two", e);
        }
        boolean done = answer instanceof TwoPhaseResult result ? result.isSuccess() : !Boolean.FALSE.equals(answer);
        if (!done) {
            throw new IllegalStateException(method.getName() + " answered that it did not succeed: " + answer);
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
