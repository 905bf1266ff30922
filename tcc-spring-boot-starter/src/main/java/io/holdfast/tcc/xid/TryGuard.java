package io.holdfast.tcc.xid;

import io.holdfast.tcc.TryRefusedException;
import java.lang.annotation.Annotation;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.integration.tx.api.interceptor.ActionContextUtil;
import org.apache.seata.rm.tcc.api.BusinessActionContextParameter;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.jspecify.annotations.Nullable;
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

    /** Of causes of causes; a chain may be a ring. */
    private static final int MAX_DEPTH = 20;

    private static final ThreadLocal<String> RUNNING = new ThreadLocal<>();

    public TryGuard() {
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
        // Wherever the annotation stands: on the method, on one that it overrides, or on an interface.
        this.advisor = new DefaultPointcutAdvisor(
                new AnnotationMatchingPointcut(null, TwoPhaseBusinessAction.class, true),
                (MethodInterceptor) TryGuard::check);
    }

    /** @return the Try that this thread is in; null if it is in none */
    public static @Nullable String running() {
        return RUNNING.get();
    }

    private static @Nullable Object check(MethodInvocation invocation) throws Throwable {
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
        requireContextValues(method, invocation);
        String outer = RUNNING.get();
        RUNNING.set(method);
        try {
            return invocation.proceed();
        } catch (RuntimeException e) {
            throw refusalIn(e);
        } finally {
            if (outer == null) {
                RUNNING.remove();
            } else {
                RUNNING.set(outer);
            }
        }
    }

    /** Seata does not take a null, and does not say which. */
    private static void requireContextValues(String method, MethodInvocation invocation) {
        Annotation[][] annotations = invocation.getMethod().getParameterAnnotations();
        for (int i = 0; i < annotations.length; i++) {
            for (Annotation annotation : annotations[i]) {
                if (annotation instanceof BusinessActionContextParameter carried
                        && invocation.getArguments()[i] == null) {
                    String name = ActionContextUtil.getParamNameFromAnnotation(carried);
                    throw new TryRefusedException.ContextValueMissing(
                            method, name.isBlank() ? "parameter " + (i + 1) : name);
                }
            }
        }
    }

    /** Seata wraps whatever stands in the way of the registration, and Spring what keeps it from a connection. */
    private static RuntimeException refusalIn(RuntimeException failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            if (cause instanceof TryRefusedException.ContextTooLarge
                    || cause instanceof TryRefusedException.OtherDatabase) {
                return (TryRefusedException) cause;
            }
            cause = cause.getCause();
        }
        return failure;
    }
}
