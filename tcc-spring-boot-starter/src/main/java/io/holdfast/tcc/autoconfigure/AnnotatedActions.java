package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.autoconfigure.startup.TryMethods;
import io.holdfast.tcc.retry.TccAction;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The actions as their annotations declare them, for a service in which Seata is switched off and has registered none, as in its
 * own tests. Confirm and Cancel take the context here and nothing else.
 */
final class AnnotatedActions {

    private final ListableBeanFactory beans;

    AnnotatedActions(ListableBeanFactory beans) {
        this.beans = beans;
    }

    Map<String, TccAction> find() {
        Map<String, TccAction> actions = new TreeMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> type = beans.getType(name, false);
            if (!TryMethods.mayBeAction(type) || !beans.isSingleton(name)) {
                continue;
            }
            Object bean = beans.getBean(name);
            Object target =
                    Optional.ofNullable(AopProxyUtils.getSingletonTarget(bean)).orElse(bean);
            for (TwoPhaseBusinessAction action :
                    TryMethods.of(target.getClass()).values()) {
                if (action.useTCCFence()) {
                    second(target, action.commitMethod())
                            .flatMap(confirm -> second(target, action.rollbackMethod())
                                    .map(cancel -> new TccAction(
                                            action.name(),
                                            target,
                                            confirm,
                                            cancel,
                                            context -> new Object[] {context},
                                            context -> new Object[] {context})))
                            .ifPresent(found -> actions.put(action.name(), found));
                }
            }
        }
        return actions;
    }

    private static Optional<Method> second(Object target, String name) {
        return Arrays.stream(target.getClass().getMethods())
                .filter(method -> method.getName().equals(name))
                .filter(method ->
                        Arrays.equals(method.getParameterTypes(), new Class<?>[] {BusinessActionContext.class}))
                .findFirst();
    }
}
