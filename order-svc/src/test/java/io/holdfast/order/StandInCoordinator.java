package io.holdfast.order;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.coordinator.Coordinator;
import io.holdfast.order.coordinator.CoordinatorUnavailableException;
import io.holdfast.order.coordinator.GlobalTxOutcome;
import io.holdfast.order.placing.OrderPlacement;
import io.holdfast.order.soldout.SoldOut;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.util.AopTestUtils;

/**
 * A coordinator that does what a test wants, at the moment when it wants it. It numbers transactions and branches, and calls
 * Confirm and Cancel of {@code order.place} through the real fence, as Seata would.
 */
public final class StandInCoordinator implements Coordinator {

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final ObjectProvider<FenceHandler> fence;
    private final ObjectProvider<OrderPlacement> placement;
    private final Map<String, GlobalTxOutcome> outcomes = new ConcurrentHashMap<>();
    private final Map<String, Long> branches = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
    private volatile boolean away;
    private volatile Function<String, GlobalTxOutcome> onCommit;
    private volatile Function<String, GlobalTxOutcome> onRollback;
    private volatile Function<String, GlobalTxOutcome> onQuestion;

    StandInCoordinator(ObjectProvider<FenceHandler> fence, ObjectProvider<OrderPlacement> placement) {
        this.fence = fence;
        this.placement = placement;
        behave();
    }

    /** Does all that it is asked for. */
    public void behave() {
        away = false;
        onCommit = this::confirm;
        onRollback = this::cancel;
        onQuestion = this::known;
        begun.clear();
    }

    public void goAway() {
        away = true;
    }

    /** What a commit does and answers from now on. */
    public void onCommit(Function<String, GlobalTxOutcome> script) {
        onCommit = script;
    }

    /** What a rollback does and answers from now on. */
    public void onRollback(Function<String, GlobalTxOutcome> script) {
        onRollback = script;
    }

    /** What a question for the outcome of a transaction is answered from now on. */
    public void onQuestion(Function<String, GlobalTxOutcome> script) {
        onQuestion = script;
    }

    /** The xids of all transactions since {@link #behave()}. */
    public List<String> begun() {
        return List.copyOf(begun);
    }

    /** Decides for the commit, and sends the Confirm once. */
    public GlobalTxOutcome confirm(String xid) {
        outcomes.put(xid, GlobalTxOutcome.COMMITTED);
        Long branch = branches.get(xid);
        if (branch != null) {
            fence.getObject()
                    .commitFence(method("complete"), target(), xid, branch, new Object[] {context(xid, branch)});
        }
        return GlobalTxOutcome.COMMITTED;
    }

    /** Decides for the rollback, and sends the Cancel once. */
    public GlobalTxOutcome cancel(String xid) {
        outcomes.put(xid, GlobalTxOutcome.ROLLED_BACK);
        Long branch = branches.get(xid);
        if (branch != null) {
            fence.getObject()
                    .rollbackFence(
                            method("reject"),
                            target(),
                            xid,
                            branch,
                            new Object[] {context(xid, branch)},
                            "order.place");
        }
        return GlobalTxOutcome.ROLLED_BACK;
    }

    public static String newXid() {
        return "127.0.0.2:8091:" + NUMBERS.incrementAndGet();
    }

    @Override
    public GlobalTx begin() {
        if (away) {
            throw new CoordinatorUnavailableException("the stand-in is away");
        }
        String xid = newXid();
        begun.add(xid);
        outcomes.put(xid, GlobalTxOutcome.RUNNING);
        RootContext.bind(xid);
        return new GlobalTx() {
            @Override
            public String xid() {
                return xid;
            }

            @Override
            public GlobalTxOutcome commit() {
                RootContext.unbind();
                return onCommit.apply(xid);
            }

            @Override
            public GlobalTxOutcome rollback() {
                RootContext.unbind();
                return onRollback.apply(xid);
            }
        };
    }

    @Override
    public GlobalTxOutcome outcomeOf(String xid) {
        return away ? GlobalTxOutcome.UNKNOWN : onQuestion.apply(xid);
    }

    private GlobalTxOutcome known(String xid) {
        return outcomes.getOrDefault(xid, GlobalTxOutcome.FORGOTTEN);
    }

    private OrderPlacement target() {
        return AopTestUtils.getTargetObject(placement.getObject());
    }

    private static BusinessActionContext context(String xid, long branch) {
        BusinessActionContext context = new BusinessActionContext(xid, Long.toString(branch), new HashMap<>());
        context.setActionName("order.place");
        return context;
    }

    private static Method method(String name) {
        try {
            return OrderPlacement.class.getMethod(name, BusinessActionContext.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts the stand-in into the service. */
    @TestConfiguration(proxyBeanMethods = false)
    static class InTheService {

        @Bean
        @Primary
        StandInCoordinator standInCoordinator(
                ObjectProvider<FenceHandler> fence, ObjectProvider<OrderPlacement> placement) {
            return new StandInCoordinator(fence, placement);
        }

        @Bean
        static TryThroughFence tryThroughFence(
                ObjectProvider<FenceHandler> fence, ObjectProvider<StandInCoordinator> coordinator) {
            return new TryThroughFence(fence, coordinator);
        }

        @Bean
        TestTicker testTicker() {
            return new TestTicker();
        }

        /** As the service makes it, but its time passes when a test says so. */
        @Bean
        @Primary
        SoldOut soldOutInTestTime(TestTicker ticker) {
            return new SoldOut(Duration.ofMillis(200), 100, ticker);
        }

        /** For the tests' own SQL. The service's pool commits nothing by itself. */
        @Bean
        Database database(DataSourceProperties service) {
            return new Database(new JdbcTemplate(
                    new DriverManagerDataSource(service.getUrl(), service.getUsername(), service.getPassword())));
        }
    }

    /** Time for the memory of what is sold out. */
    public static final class TestTicker implements Ticker {

        private final AtomicLong nanos = new AtomicLong();

        public void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        @Override
        public long read() {
            return nanos.get();
        }
    }

    /** The tests' own way into the service's schema. */
    public record Database(JdbcTemplate jdbc) {

        public String statusOf(String orderId) {
            return jdbc.queryForObject("select status from orders where order_id = ?", String.class, orderId);
        }

        public int orders() {
            return jdbc.queryForObject("select count(*) from orders", Integer.class);
        }

        /** All that this service has written down. */
        public String everything() {
            return "" + jdbc.queryForList("select * from orders") + jdbc.queryForList("select * from order_line")
                    + jdbc.queryForList("select * from tcc_fence_log");
        }
    }

    /** Stands where Seata's interceptor stands: registers a branch and calls the Try through the fence. */
    private static final class TryThroughFence extends AbstractAdvisingBeanPostProcessor {

        private static final long serialVersionUID = 1L;

        TryThroughFence(ObjectProvider<FenceHandler> fence, ObjectProvider<StandInCoordinator> coordinator) {
            setProxyTargetClass(true);
            this.advisor = new DefaultPointcutAdvisor(
                    AnnotationMatchingPointcut.forMethodAnnotation(TwoPhaseBusinessAction.class),
                    (MethodInterceptor) call -> invoke(call, fence.getObject(), coordinator.getObject()));
        }

        private static Object invoke(MethodInvocation call, FenceHandler fence, StandInCoordinator coordinator)
                throws Throwable {
            String xid = RootContext.getXID();
            long branch = NUMBERS.incrementAndGet();
            coordinator.branches.put(xid, branch);
            call.getArguments()[0] = context(xid, branch);
            try {
                return fence.prepareFence(xid, branch, "order.place", call::proceed);
            } catch (SkipCallbackWrapperException e) {
                throw e.getCause();
            }
        }
    }
}
