package io.holdfast.tcc;

import org.apache.seata.rm.tcc.api.BusinessActionContext;

/**
 * Implemented by a TCC action whose Confirm depends on something outside its own database.
 *
 * <p>The starter calls it before the Confirm, with no database transaction open, as long as the branch is not confirmed
 * yet. Only when it returns does the Confirm run, in one local transaction with the fence row.
 */
public interface RemoteConfirmStep {

    /**
     * Asks the outside, or does there what the Confirm needs. It is called again whenever the Confirm is attempted again, so it
     * has to be idempotent, and it must bound its own time.
     *
     * @throws NotYetException if the Confirm has to wait; any other exception means the same, and is logged as a fault
     */
    void beforeConfirm(BusinessActionContext context);

    /**
     * Whether the step changes nothing outside. If it does not, the process that made the Try skips the look whether the branch is
     * still open when the coordinator asks for the first time. Should another instance have ended the branch meanwhile, the question
     * is idle and the Confirm has no effect. A step that changes something outside must not run for a branch that was given up.
     */
    default boolean onlyAsks() {
        return false;
    }
}
