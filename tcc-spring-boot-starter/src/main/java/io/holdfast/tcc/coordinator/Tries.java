package io.holdfast.tcc.coordinator;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.SchemaIdentity;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.apache.seata.common.executor.Callback;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;
import org.jspecify.annotations.Nullable;

/** Runs a Try and enters its branch into the fence, in one local transaction; or refuses it. */
final class Tries {

    private final FenceTable table;
    private final FenceTransactions transactions;
    private final SchemaIdentity schema;
    private final FenceMetrics metrics;
    private final Clock clock;

    Tries(FenceTable table, FenceTransactions transactions, SchemaIdentity schema, FenceMetrics metrics, Clock clock) {
        this.table = table;
        this.transactions = transactions;
        this.schema = schema;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Nullable
    Object run(BranchKey key, String action, Callback<Object> businessTry) {
        BusinessActionContext context = contextOf(key);
        Tried tried;
        try {
            tried = Objects.requireNonNull(transactions.takeEffect(status -> {
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
        return context == null ? null : ActionContexts.write(context, schema);
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

    private static @Nullable Object execute(Callback<Object> businessTry) {
        try {
            return businessTry.execute();
        } catch (Throwable t) {
            throw new SkipCallbackWrapperException(t);
        }
    }

    /** @param tookEffect false if the fence refused; then the business Try was not called */
    private record Tried(boolean tookEffect, @Nullable Object result) {}
}
