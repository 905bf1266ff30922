package io.holdfast.tcc.xid;

import io.holdfast.tcc.TryRefusedException;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stands before Seata's interceptor on every Try. Seata runs a Try without an xid as a plain method, so that its effects are
 * never confirmed or cancelled; and it registers the branch, a remote call, inside whatever local transaction is open.
 */
public final class TryGuard extends AbstractAdvisingBeanPostProcessor {

    private static final long serialVersionUID = 1L;

    public TryGuard() {
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
        this.advisor = new DefaultPointcutAdvisor(
                AnnotationMatchingPointcut.forMethodAnnotation(TwoPhaseBusinessAction.class),
                (MethodInterceptor) TryGuard::check);
    }

    private static Object check(MethodInvocation invocation) throws Throwable {
        String method = invocation.getMethod().getDeclaringClass().getSimpleName() + "."
                + invocation.getMethod().getName();
        if (!RootContext.inGlobalTransaction()) {
            throw new TryRefusedException.NoGlobalTransaction(method);
        }
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "Try " + method + " was called inside an open local transaction; its branch is"
                            + " registered by a remote call, and the fence commits the Try on its own. Call it outside.");
        }
        return invocation.proceed();
    }
}
