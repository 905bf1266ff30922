package io.holdfast.payment;

import io.holdfast.payment.capture.OpenCardPayments;
import io.holdfast.payment.capture.OpenPayments;
import io.holdfast.payment.model.PaymentRequest;
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
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.util.AopTestUtils;

/**
 * Does to the action what Seata does: numbers the branches and calls Try, Confirm and Cancel through the fence. The order and
 * the number of those calls are the test's to choose, which a real coordinator would not allow.
 */
@TestConfiguration(proxyBeanMethods = false)
public class StandInCoordinator {

    private static final AtomicLong LAST_NUMBER = new AtomicLong();

    @Bean
    static AbstractAdvisingBeanPostProcessor tryThroughFence(ObjectProvider<FenceHandler> fence) {
        return new TryThroughFence(fence);
    }

    @Bean
    Coordinator coordinator(FenceHandler fence, OpenPayments action, OpenCardPayments cardAction) {
        return new Coordinator(
                fence, AopTestUtils.getTargetObject(action), action, AopTestUtils.getTargetObject(cardAction));
    }

    /** For the tests' own SQL. The service's pool commits nothing by itself. */
    @Bean
    Database database(DataSourceProperties service) {
        return new Database(new JdbcTemplate(
                new DriverManagerDataSource(service.getUrl(), service.getUsername(), service.getPassword())));
    }

    public record Database(JdbcTemplate jdbc) {}

    public static String newXid() {
        return "127.0.0.2:8091:" + LAST_NUMBER.incrementAndGet();
    }

    private static BusinessActionContext context(String xid, long branchId, String action) {
        BusinessActionContext context = new BusinessActionContext(xid, Long.toString(branchId), new HashMap<>());
        context.setActionName(action);
        return context;
    }

    /** What a test calls. */
    public static final class Coordinator {

        private final FenceHandler fence;
        private final OpenPayments target;
        private final OpenPayments proxied;
        private final OpenCardPayments cardTarget;

        Coordinator(FenceHandler fence, OpenPayments target, OpenPayments proxied, OpenCardPayments cardTarget) {
            this.fence = fence;
            this.target = target;
            this.proxied = proxied;
            this.cardTarget = cardTarget;
        }

        /** The same for another process: one whose action remembers nothing. */
        public Coordinator withAction(OpenPayments other) {
            return new Coordinator(fence, other, other, cardTarget);
        }

        public Branch newBranch(String xid) {
            return new Branch(xid, LAST_NUMBER.incrementAndGet());
        }

        /** One that a call over HTTP has opened. */
        public Branch branch(String xid, long branchId) {
            return new Branch(xid, branchId);
        }

        public Branch newBranch() {
            return newBranch(newXid());
        }

        /** A branch of {@code payment.card} that a call over HTTP has opened, for its second phase. */
        public CardBranch cardBranch(String xid, long branchId) {
            return new CardBranch(xid, branchId);
        }

        /** The second phase of a branch of {@code payment.card}, as the coordinator asks for it. */
        public final class CardBranch {

            public final String xid;
            public final long branchId;

            CardBranch(String xid, long branchId) {
                this.xid = xid;
                this.branchId = branchId;
            }

            public boolean capture() {
                return fence.commitFence(method("capture"), cardTarget, xid, branchId, arguments());
            }

            public boolean release() {
                return fence.rollbackFence(method("release"), cardTarget, xid, branchId, arguments(), "payment.card");
            }

            /** The steps of the action itself, past fence and schedule: each as if what came after it had been cut off. */
            public OpenCardPayments steps() {
                return cardTarget;
            }

            public BusinessActionContext context() {
                return StandInCoordinator.context(xid, branchId, "payment.card");
            }

            private Object[] arguments() {
                return new Object[] {context()};
            }

            private static Method method(String name) {
                try {
                    return OpenCardPayments.class.getMethod(name, BusinessActionContext.class);
                } catch (NoSuchMethodException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        /** The action as the service's own code sees it. */
        public OpenPayments action() {
            return proxied;
        }

        /** A branch of {@code payment.open} whose calls the test makes in whatever order. */
        public final class Branch {

            public final String xid;
            public final long branchId;

            Branch(String xid, long branchId) {
                this.xid = xid;
                this.branchId = branchId;
            }

            public void open(List<PaymentRequest> orders) {
                try {
                    fence.prepareFence(xid, branchId, "payment.open", () -> {
                        target.open(context(xid, branchId, "payment.open"), orders);
                        return null;
                    });
                } catch (SkipCallbackWrapperException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }

            public boolean capture() {
                return fence.commitFence(method("capture"), target, xid, branchId, arguments());
            }

            public boolean release() {
                return fence.rollbackFence(method("release"), target, xid, branchId, arguments(), "payment.open");
            }

            private Object[] arguments() {
                return new Object[] {context(xid, branchId, "payment.open")};
            }

            private static Method method(String name) {
                try {
                    return OpenPayments.class.getMethod(name, BusinessActionContext.class);
                } catch (NoSuchMethodException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static final class TryThroughFence extends AbstractAdvisingBeanPostProcessor {

        private static final long serialVersionUID = 1L;

        TryThroughFence(ObjectProvider<FenceHandler> fence) {
            setProxyTargetClass(true);
            this.advisor = new DefaultPointcutAdvisor(
                    AnnotationMatchingPointcut.forMethodAnnotation(TwoPhaseBusinessAction.class),
                    (MethodInterceptor) invocation -> invoke(invocation, fence.getObject()));
        }

        private static Object invoke(MethodInvocation invocation, FenceHandler fence) throws Throwable {
            long branchId = LAST_NUMBER.incrementAndGet();
            String xid = RootContext.getXID();
            String action = invocation
                    .getMethod()
                    .getAnnotation(TwoPhaseBusinessAction.class)
                    .name();
            invocation.getArguments()[0] = context(xid, branchId, action);
            try {
                return fence.prepareFence(xid, branchId, action, invocation::proceed);
            } catch (SkipCallbackWrapperException e) {
                throw e.getCause();
            }
        }
    }
}
