package io.holdfast.tcc.autoconfigure.startup;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.xid.TryGuard;
import java.lang.reflect.Modifier;
import java.util.Optional;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Refuses a Try that asks another data source than the fence's for a connection, before it gets one: what it did there would neither
 * be rolled back with the fence's row nor be confirmed with it. Only a service with several data sources has anything of this.
 */
public final class OtherDataSources implements BeanPostProcessor, BeanFactoryAware, EnvironmentAware {

    private ConfigurableListableBeanFactory beans;
    private Environment environment;
    private @Nullable Optional<String> fence;

    @Override
    public void setBeanFactory(BeanFactory beans) {
        this.beans = (ConfigurableListableBeanFactory) beans;
    }

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof DataSource)
                || fence().isEmpty()
                || beanName.equals(fence().get())
                || Modifier.isFinal(bean.getClass().getModifiers())) {
            return bean;
        }
        var advisor = new DefaultPointcutAdvisor((MethodInterceptor) invocation -> refuseATry(invocation, beanName));
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            advised.addAdvisor(0, advisor);
            return bean;
        }
        ProxyFactory factory = new ProxyFactory();
        factory.setTarget(bean);
        factory.setProxyTargetClass(true);
        factory.addAdvisor(advisor);
        return factory.getProxy(bean.getClass().getClassLoader());
    }

    /** @return the name of the fence's data source; empty if there is no other one */
    private Optional<String> fence() {
        if (fence == null) {
            try {
                fence = FenceDatabaseLookup.candidates(beans, DataSource.class).size() > 1
                        ? Optional.of(FenceDatabaseLookup.nameOf(beans, environment))
                        : Optional.empty();
            } catch (InvalidTccSetupException e) {
                // The fence itself reports that.
                fence = Optional.empty();
            }
        }
        return fence;
    }

    private @Nullable Object refuseATry(MethodInvocation invocation, String name) throws Throwable {
        String tried = invocation.getMethod().getName().equals("getConnection") ? TryGuard.running() : null;
        if (tried != null && !isBehindTheFences((DataSource) invocation.getThis())) {
            throw new TryRefusedException.OtherDatabase(tried, name, fence().orElseThrow());
        }
        return invocation.proceed();
    }

    /** The fence's own may be a wrapper or a router that gets its connections from other beans. */
    private boolean isBehindTheFences(DataSource asked) {
        DataSource own = beans.getBean(fence().orElseThrow(), DataSource.class);
        if (FenceDatabaseLookup.innermost(own) == FenceDatabaseLookup.innermost(asked)) {
            return true;
        }
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("getConnection")
                        && frame.getDeclaringClass().isInstance(own)
                        && !SpringProxy.class.isAssignableFrom(frame.getDeclaringClass())));
    }
}
