package io.holdfast.tcc.coordinator;

import io.holdfast.tcc.TryMemory;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.FenceCleaner;
import io.holdfast.tcc.fence.OwnBranches;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import io.holdfast.tcc.retry.BranchCall;
import io.holdfast.tcc.retry.CoordinatorCalls;
import java.lang.reflect.Method;
import java.util.Date;
import org.apache.seata.common.executor.Callback;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast's fence, in the place of Seata's own. It translates Seata's calls, and refuses those for branches of another schema.
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
 * <p>A Confirm or Cancel that fails leaves no effect. Its row then keeps the decision, the reason, the context and the time of
 * the next attempt, which the retry scheduler makes; the coordinator is answered from memory that the branch is not done yet, as
 * often as it asks. A branch that is given up or parked is out of its way.
 */
public final class TccFence implements FenceHandler {

    private final Tries tries;
    private final CoordinatorCalls calls;
    private final OwnBranches ownBranches;
    private final FenceCleaner cleaner;
    private final TryMemory<Boolean> triedHere;

    /** @param triedHere branches that were tried here and whose end nobody has asked for yet */
    TccFence(
            Tries tries,
            CoordinatorCalls calls,
            OwnBranches ownBranches,
            FenceCleaner cleaner,
            TryMemory<Boolean> triedHere) {
        this.tries = tries;
        this.calls = calls;
        this.ownBranches = ownBranches;
        this.cleaner = cleaner;
        this.triedHere = triedHere;
    }

    @Override
    public Object prepareFence(String xid, Long branchId, String action, Callback<Object> businessTry) {
        Object result = tries.run(new BranchKey(xid, branchId), action, businessTry);
        triedHere.note(xid, branchId, true);
        return result;
    }

    @Override
    public boolean commitFence(Method confirm, Object bean, String xid, Long branchId, Object[] args) {
        BusinessActionContext context = contextOf(args);
        BranchKey key = new BranchKey(xid, branchId);
        return end(
                new BranchCall(PhaseTwoOperation.CONFIRM, key, nameOf(context, confirm), bean, confirm, args, context));
    }

    @Override
    public boolean rollbackFence(Method cancel, Object bean, String xid, Long branchId, Object[] args, String action) {
        BranchKey key = new BranchKey(xid, branchId);
        return end(new BranchCall(PhaseTwoOperation.CANCEL, key, action, bean, cancel, args, contextOf(args)));
    }

    private boolean end(BranchCall call) {
        BranchKey key = call.key();
        ownBranches.require(call.action(), key, call.context());
        // At a second request the branch may be scheduled, and an attempt of it running.
        boolean knownOpen = triedHere.take(key.xid(), key.branchId()).isPresent();
        return calls.end(call, knownOpen);
    }

    @Override
    public int deleteFenceByDate(Date before) {
        return cleaner.deleteFinalRowsBefore(before.toInstant());
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
}
