package io.holdfast.tcc.autoconfigure.startup;

import io.holdfast.tcc.coordinator.ContextLimit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.seata.common.Constants;
import org.apache.seata.common.holder.ObjectHolder;
import org.apache.seata.core.exception.RmTransactionException;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.core.exception.TransactionExceptionCode;
import org.apache.seata.core.model.BranchStatus;
import org.apache.seata.core.model.BranchType;
import org.apache.seata.core.model.Resource;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.protocol.transaction.BranchRegisterRequest;
import org.apache.seata.rm.DefaultResourceManager;
import org.apache.seata.rm.tcc.TCCResourceManager;
import org.apache.seata.spring.annotation.GlobalTransactionScanner;
import org.apache.seata.spring.boot.autoconfigure.SeataClientEnvironmentPostProcessor;
import org.apache.seata.spring.boot.autoconfigure.SeataCoreAutoConfiguration;
import org.apache.seata.spring.boot.autoconfigure.SeataCoreEnvironmentPostProcessor;
import org.apache.seata.spring.boot.autoconfigure.loader.SeataPropertiesLoader;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

/** Seata as a service has it, but for the wire: what would be sent to the coordinator is noted here, and answered. */
public final class OfflineSeata {

    private OfflineSeata() {}

    /** The runner with Seata switched on. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public static <R extends AbstractApplicationContextRunner> R on(R runner) {
        return (R) runner.withInitializer(new SeataPropertiesLoader())
                .withConfiguration(AutoConfigurations.of(SeataCoreAutoConfiguration.class))
                .withUserConfiguration(Scanner.class);
    }

    /** A coordinator with nothing in it, from now on. */
    public static Coordinator coordinator() {
        prepare();
        DefaultResourceManager.get();
        Coordinator coordinator = new Coordinator();
        DefaultResourceManager.mockResourceManager(BranchType.TCC, coordinator);
        return coordinator;
    }

    /** What an application does before there is a context; else Seata's classes fail to load, and then for good. */
    private static void prepare() {
        StandardEnvironment environment = new StandardEnvironment();
        new SeataCoreEnvironmentPostProcessor().postProcessEnvironment(environment, null);
        new SeataClientEnvironmentPostProcessor().postProcessEnvironment(environment, null);
        if (ObjectHolder.INSTANCE.getObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT) == null) {
            ObjectHolder.INSTANCE.setObject(Constants.OBJECT_KEY_SPRING_CONFIGURABLE_ENVIRONMENT, environment);
        }
    }

    /** So that tests without Seata that follow find nothing of it. */
    public static void leave() {
        DefaultResourceManager.mockResourceManager(BranchType.TCC, new TCCResourceManager());
    }

    @Configuration(proxyBeanMethods = false)
    static class Scanner {

        @Bean
        static GlobalTransactionScanner globalTransactionScanner() {
            return new GlobalTransactionScanner("shop", "shop_group") {
                private static final long serialVersionUID = 1L;

                @Override
                protected void initClient() {
                    // There is nobody to connect to.
                }
            };
        }
    }

    /** Phase two is Seata's own; the first phase is noted. */
    public static final class Coordinator extends TCCResourceManager {

        private static final AtomicLong BRANCHES = new AtomicLong();
        private volatile long last;
        private final List<String> registered = new CopyOnWriteArrayList<>();
        private TransactionExceptionCode refusal;

        public List<String> registered() {
            return registered;
        }

        void refuse(TransactionExceptionCode code) {
            refusal = code;
        }

        @Override
        public void registerResource(Resource resource) {
            getManagedResources().put(resource.getResourceId(), resource);
        }

        @Override
        public Long branchRegister(
                BranchType type, String action, String client, String xid, String context, String locks)
                throws TransactionException {
            BranchRegisterRequest request = new BranchRegisterRequest();
            request.setResourceId(action);
            request.setApplicationData(context);
            RpcMessage message = new RpcMessage();
            message.setBody(request);
            try {
                new ContextLimit().doBeforeRequest("coordinator", message);
            } catch (RuntimeException e) {
                throw new RmTransactionException(TransactionExceptionCode.BranchRegisterFailed, "as Seata wraps it", e);
            }
            if (refusal != null) {
                throw new RmTransactionException(refusal, "no");
            }
            registered.add(action);
            last = BRANCHES.incrementAndGet();
            return last;
        }

        /** The branch that was registered last. */
        boolean commit(String xid, String action) throws TransactionException {
            return branchCommit(BranchType.TCC, xid, last, action, "{\"actionContext\":{\"useTCCFence\":true}}")
                    == BranchStatus.PhaseTwo_Committed;
        }
    }
}
