package io.holdfast.tcc;

import org.apache.seata.rm.tcc.api.BusinessActionContext;

/**
 * Implemented by a TCC action with effects outside the database.
 *
 * <p>A failed Try erases its fence row, so the Cancel finds none and is empty, though the intent that was committed before
 * the outside was called is still there. This hook is how the action learns of it.
 */
public interface EmptyRollbackHook {

    /** Runs in the local transaction that records the empty rollback; it may be called more than once for a branch. */
    void onEmptyRollback(BusinessActionContext context);
}
