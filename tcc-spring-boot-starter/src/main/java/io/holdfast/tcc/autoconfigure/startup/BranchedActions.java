package io.holdfast.tcc.autoconfigure.startup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.seata.core.model.BranchType;
import org.apache.seata.core.model.Resource;
import org.apache.seata.integration.tx.api.interceptor.handler.ProxyInvocationHandler;
import org.apache.seata.integration.tx.api.interceptor.parser.DefaultInterfaceParser;
import org.apache.seata.rm.DefaultResourceManager;
import org.apache.seata.rm.tcc.TCCResource;
import org.apache.seata.spring.annotation.AdapterSpringSeataInterceptor;
import org.apache.seata.spring.annotation.GlobalTransactionScanner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Makes every action a branch. Seata looks at the class names of bean definitions, which those of {@code @Bean} methods lack, and at
 * each bean name once in the life of a JVM: what it passes over runs as a plain method. So whatever comes out of it without Seata's
 * interceptor gets it here; and what cannot be called in phase two stops the start.
 */
public final class BranchedActions implements BeanPostProcessor, BeanFactoryAware, EnvironmentAware, Ordered {

    private static final Logger log = LoggerFactory.getLogger(BranchedActions.class);

    /** After Seata's scanner, which has 1024, and before the guard of every Try, which puts itself in front of all. */
    private static final int ORDER = 2048;

    private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private volatile boolean complete;
    private BeanFactory beans;
    private Environment environment;
    private @Nullable Boolean seata;

    @Override
    public void setBeanFactory(BeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    /** All actions are there: one that appears later would have no process for phase two after each restart. */
    void complete() {
        complete = true;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(bean);
        if (TryMethods.isAction(type) && checked.add(type)) {
            // Those whose type their definition tells have been looked at; these are known only now.
            InvalidTccSetupException.throwIfAny(ActionValidation.of(
                    type,
                    DeclaredActions.withoutFence(environment),
                    new ContextCarriage(DeclaredActions.parserName(environment))));
        }
        return bean;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        if (!TryMethods.isAction(type)) {
            return bean;
        }
        if (!known.add(beanName) || complete) {
            throw new InvalidTccSetupException(new ValidationError(
                    "Bean " + beanName + ", which is the action " + String.join(", ", TryMethods.namesOf(type)),
                    complete
                            ? "it is made only when it is first used, and until then the coordinator's calls do not find it"
                            : "it is made more than once, and phase two calls one bean for ever",
                    "Make it a singleton, and let its @Bean method return the class " + type.getSimpleName()));
        }
        return withSeata() ? branched(bean, beanName, type) : bean;
    }

    private boolean withSeata() {
        if (seata == null) {
            seata = beans instanceof ListableBeanFactory all
                    && all.getBeanNamesForType(GlobalTransactionScanner.class, false, false).length > 0;
        }
        return seata;
    }

    private static Object branched(Object bean, String beanName, Class<?> type) {
        Object proxy = bean instanceof Advised advised && isBranched(advised) ? bean : advise(bean, beanName);
        List<ValidationError> errors = new ArrayList<>();
        TryMethods.of(type).forEach((tried, action) -> {
            Resource resource = DefaultResourceManager.get()
                    .getResourceManager(BranchType.TCC)
                    .getManagedResources()
                    .get(action.name());
            String where = ActionValidation.place(action.name(), type, tried);
            if (!(resource instanceof TCCResource registered)) {
                errors.add(new ValidationError(
                        where, "Seata has not registered it", "Look for an earlier message of Seata's"));
            } else if (!registered.getCommitMethod().getDeclaringClass().isInstance(registered.getTargetBean())
                    || !registered.getRollbackMethod().getDeclaringClass().isInstance(registered.getTargetBean())) {
                errors.add(new ValidationError(
                        where,
                        "its bean is a proxy of its interfaces alone, on which phase two cannot call the methods of the class",
                        "Set spring.aop.proxy-target-class to true, or put all annotations on the interface"));
            }
        });
        InvalidTccSetupException.throwIfAny(errors);
        return proxy;
    }

    private static boolean isBranched(Advised advised) {
        for (var advisor : advised.getAdvisors()) {
            if (advisor.getAdvice() instanceof AdapterSpringSeataInterceptor) {
                return true;
            }
        }
        return false;
    }

    private static Object advise(Object bean, String beanName) {
        ProxyInvocationHandler handler;
        try {
            handler = DefaultInterfaceParser.get().parserInterfaceToProxy(bean, beanName);
        } catch (Exception e) {
            throw new IllegalStateException("Seata does not take the action " + beanName, e);
        }
        if (handler == null) {
            return bean;
        }
        log.info("The action {} is made a branch here, because Seata's scanner has passed over it", beanName);
        var advisor = new DefaultPointcutAdvisor(new AdapterSpringSeataInterceptor(handler));
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            // Before Spring's own transaction, as Seata does it.
            advised.addAdvisor(0, advisor);
            return bean;
        }
        ProxyFactory factory = new ProxyFactory();
        factory.setTarget(bean);
        factory.setProxyTargetClass(true);
        factory.addAdvisor(advisor);
        return factory.getProxy(bean.getClass().getClassLoader());
    }

    /** The names of the beans that are actions. */
    Set<String> beanNames() {
        return new HashSet<>(known);
    }
}
