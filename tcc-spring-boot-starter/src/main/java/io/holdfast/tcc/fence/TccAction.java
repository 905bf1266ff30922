package io.holdfast.tcc.fence;

import java.lang.reflect.Method;
import java.util.function.Function;
import org.apache.seata.rm.tcc.api.BusinessActionContext;

/**
 * An action as the schedule calls it.
 *
 * @param name as in {@code @TwoPhaseBusinessAction}
 * @param bean the object that Seata calls
 * @param confirmArgs arguments of the Confirm, made from the context
 * @param cancelArgs arguments of the Cancel, made from the context
 */
public record TccAction(
        String name,
        Object bean,
        Method confirm,
        Method cancel,
        Function<BusinessActionContext, Object[]> confirmArgs,
        Function<BusinessActionContext, Object[]> cancelArgs) {

    BranchCall call(BranchKey key, Decision decision, BusinessActionContext context) {
        return decision == Decision.CONFIRM
                ? new BranchCall(key, name, bean, confirm, confirmArgs.apply(context), context)
                : new BranchCall(key, name, bean, cancel, cancelArgs.apply(context), context);
    }
}
