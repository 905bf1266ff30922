package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.model.BranchType;
import org.apache.seata.integration.tx.api.remoting.TwoPhaseResult;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;

/**
 * The second phase of one branch, ready to be called: by the coordinator, or from its row.
 *
 * @param bean the action
 * @param method its Confirm or Cancel
 * @param args what that asks for, with the context among it
 */
public record BranchCall(
        PhaseTwoOperation operation,
        BranchKey key,
        String action,
        Object bean,
        Method method,
        Object[] args,
        BusinessActionContext context) {

    /** Runs the business Confirm or Cancel. Whatever it throws, and a "no" as well, comes out as an exception. */
    void invoke() {
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

    /** Runs a part of it as Seata does around the coordinator's call, so that an action sees no difference. */
    void bound(Runnable part) {
        RootContext.bind(key.xid());
        RootContext.bindBranchType(BranchType.TCC);
        BusinessActionContextUtil.setContext(context);
        try {
            part.run();
        } finally {
            RootContext.unbind();
            RootContext.unbindBranchType();
            BusinessActionContextUtil.clear();
        }
    }
}
