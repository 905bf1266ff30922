package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.Decision;
import java.lang.reflect.Method;
import java.util.function.Function;
import org.apache.seata.rm.tcc.api.BusinessActionContext;

/**
 * An action as its retries call it.
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
        return switch (decision.operation()) {
            case CONFIRM ->
                new BranchCall(decision.operation(), key, name, bean, confirm, confirmArgs.apply(context), context);
            case CANCEL ->
                new BranchCall(decision.operation(), key, name, bean, cancel, cancelArgs.apply(context), context);
        };
    }
}
