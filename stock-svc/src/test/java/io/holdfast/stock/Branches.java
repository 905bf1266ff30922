package io.holdfast.stock;

import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.reservation.ReserveStock;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.seata.common.exception.SkipCallbackWrapperException;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.util.AopTestUtils;

/**
 * Branches of {@code stock.reserve} whose Try, Confirm and Cancel a test calls in any order and number, as no coordinator would.
 * They go through the real fence.
 */
@TestConfiguration(proxyBeanMethods = false)
public class Branches {

    private static final String ACTION = "stock.reserve";
    private static final AtomicLong NUMBERS = new AtomicLong();

    public static String newXid() {
        return "127.0.0.2:8091:" + NUMBERS.incrementAndGet();
    }

    /** Gives the service's own calls of the Try a branch, as Seata's interceptor does. */
    @Bean
    static SeataInterceptor seataInterceptor(ObjectProvider<FenceHandler> fence) {
        return new SeataInterceptor(fence);
    }

    @Bean
    Factory branchFactory(FenceHandler fence, ReserveStock action) {
        return new Factory(fence, AopTestUtils.getTargetObject(action));
    }

    private static BusinessActionContext contextOf(String xid, long branchId) {
        BusinessActionContext context = new BusinessActionContext(xid, Long.toString(branchId), new HashMap<>());
        context.setActionName(ACTION);
        return context;
    }

    private static RuntimeException unwrapped(SkipCallbackWrapperException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }

    public record Factory(FenceHandler fence, ReserveStock action) {

        public Branch newBranch() {
            return new Branch(newXid(), NUMBERS.incrementAndGet(), this);
        }
    }

    public record Branch(String xid, long id, Factory factory) {

        public void reserve(OrderLines... orders) {
            reserve(List.of(orders));
        }

        public void reserve(List<OrderLines> orders) {
            try {
                factory.fence.prepareFence(xid, id, ACTION, () -> {
                    factory.action.reserve(contextOf(xid, id), orders);
                    return null;
                });
            } catch (SkipCallbackWrapperException e) {
                throw unwrapped(e);
            }
        }

        /** @return true if the coordinator would be content */
        public boolean sell() {
            return factory.fence.commitFence(method("sell"), factory.action, xid, id, arguments());
        }

        /** @return true if the coordinator would be content */
        public boolean release() {
            return factory.fence.rollbackFence(method("release"), factory.action, xid, id, arguments(), ACTION);
        }

        private Object[] arguments() {
            return new Object[] {contextOf(xid, id)};
        }

        private static Method method(String name) {
            try {
                return ReserveStock.class.getMethod(name, BusinessActionContext.class);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final class SeataInterceptor extends AbstractAdvisingBeanPostProcessor {

        private static final long serialVersionUID = 1L;

        SeataInterceptor(ObjectProvider<FenceHandler> fence) {
            setProxyTargetClass(true);
            this.advisor = new DefaultPointcutAdvisor(
                    AnnotationMatchingPointcut.forMethodAnnotation(TwoPhaseBusinessAction.class),
                    (MethodInterceptor) invocation -> inNewBranch(invocation, fence.getObject()));
        }

        private static Object inNewBranch(MethodInvocation invocation, FenceHandler fence) {
            String xid = RootContext.getXID();
            long id = NUMBERS.incrementAndGet();
            invocation.getArguments()[0] = contextOf(xid, id);
            try {
                return fence.prepareFence(xid, id, ACTION, invocation::proceed);
            } catch (SkipCallbackWrapperException e) {
                throw unwrapped(e);
            }
        }
    }
}
