package io.holdfast.tcc.autoconfigure.startup;

import io.holdfast.properties.LiveProperties;
import io.holdfast.tcc.retry.ActionPolicies;
import io.holdfast.tcc.retry.LiveActionPolicies;
import io.holdfast.tcc.retry.TccActions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The last look before the service takes calls: every action is made, however lazy its bean is, because the coordinator may ask for it
 * at once; and every policy is one of an action, and makes sense.
 */
public final class ReadyActions implements SmartInitializingSingleton {

    private final ConfigurableListableBeanFactory beans;
    private final BranchedActions branched;
    private final TccActions actions;
    private final ActionPolicies policies;
    private final ConfigurableEnvironment environment;

    public ReadyActions(
            ConfigurableListableBeanFactory beans,
            BranchedActions branched,
            TccActions actions,
            ActionPolicies policies,
            ConfigurableEnvironment environment) {
        this.beans = beans;
        this.branched = branched;
        this.actions = actions;
        this.policies = policies;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beans.getBeanDefinitionNames()) {
            if (!beans.getBeanDefinition(name).isAbstract()
                    && beans.isSingleton(name)
                    && TryMethods.mayBeAction(beans.getType(name, false))) {
                beans.getBean(name);
            }
        }
        branched.complete();
        List<ValidationError> errors = new ArrayList<>();
        Set<String> names = new TreeSet<>(actions.names());
        branched.beanNames().forEach(bean -> names.addAll(TryMethods.namesOf(typeOf(bean))));
        for (String name : names) {
            try {
                policies.of(name);
            } catch (RuntimeException e) {
                errors.add(new ValidationError(
                        "Policy of action " + name,
                        LiveProperties.reasonOf(e),
                        "Correct its @PhaseTwoPolicy, holdfast.tcc.actions.%s.* or holdfast.tcc.phase-two.*"
                                .formatted(name)));
            }
        }
        LiveActionPolicies.withoutMeaning(environment, names)
                .forEach(setting -> errors.add(new ValidationError(
                        "Setting " + setting,
                        "it is none of an action of this service",
                        "The actions are %s; what can be set is %s".formatted(names, LiveActionPolicies.settings()))));
        InvalidTccSetupException.throwIfAny(errors);
    }

    private Class<?> typeOf(String bean) {
        return AopProxyUtils.ultimateTargetClass(beans.getBean(bean));
    }
}
