package io.holdfast.tcc.autoconfigure.startup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.seata.common.Constants;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.apache.seata.spring.annotation.GlobalTransactionScanner;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Looks at the actions and names that are declared, before any bean is made: what cannot work is reported at once and in full, not one by
 * one by whatever fails first.
 */
public final class DeclaredActions implements BeanFactoryPostProcessor, EnvironmentAware {

    static final String WITHOUT_FENCE = "holdfast.tcc.without-fence";

    /** Of the columns {@code application_id} and {@code transaction_service_group} of the coordinator. */
    private static final int MAX_CHARACTERS = 64;

    private Environment environment;

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        Map<String, Class<?>> actions = actionsOf(beans);
        List<ValidationError> errors = new ArrayList<>();
        Set<String> withoutFence = withoutFence(environment);
        ContextCarriage carriage = new ContextCarriage(parserName(environment));
        actions.values().stream()
                .distinct()
                .forEach(type -> errors.addAll(ActionValidation.of(type, withoutFence, carriage)));
        errors.addAll(scopes(beans, actions));
        errors.addAll(duplicates(actions));
        if (!actions.isEmpty() && beans.getBeanNamesForType(FenceHandler.class, true, false).length == 0) {
            errors.addAll(fenceMissing(actions));
        }
        if (beans.getBeanNamesForType(GlobalTransactionScanner.class, false, false).length > 0) {
            errors.addAll(names());
        }
        InvalidTccSetupException.throwIfAny(errors);
    }

    static Set<String> withoutFence(Environment environment) {
        return Binder.get(environment)
                .bind(WITHOUT_FENCE, Bindable.setOf(String.class))
                .orElseGet(Set::of);
    }

    static String parserName(Environment environment) {
        return environment.getProperty("seata.tcc.context-json-parser-type", Constants.FASTJSON_JSON_PARSER_NAME);
    }

    /** By name of the bean; those whose class only the bean itself will tell are not among them. */
    private static Map<String, Class<?>> actionsOf(ConfigurableListableBeanFactory beans) {
        Map<String, Class<?>> actions = new LinkedHashMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            if (beans.getBeanDefinition(name).isAbstract()
                    || beans.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(name))) {
                continue;
            }
            Class<?> type = beans.getType(name, false);
            if (TryMethods.isAction(type)) {
                actions.put(name, ClassUtils.getUserClass(type));
            }
        }
        return actions;
    }

    private static List<ValidationError> scopes(ConfigurableListableBeanFactory beans, Map<String, Class<?>> actions) {
        return actions.keySet().stream()
                .filter(name -> !beans.getMergedBeanDefinition(name).isSingleton())
                .map(name -> new ValidationError(
                        "Bean %s, which is the action %s"
                                .formatted(name, String.join(", ", TryMethods.namesOf(actions.get(name)))),
                        "its scope is %s, and phase two calls one bean for ever"
                                .formatted(beans.getMergedBeanDefinition(name).getScope()),
                        "Make it a singleton"))
                .toList();
    }

    private static List<ValidationError> duplicates(Map<String, Class<?>> actions) {
        Map<String, List<String>> places = new TreeMap<>();
        actions.forEach((bean, type) -> TryMethods.of(type)
                .forEach((tried, action) -> places.computeIfAbsent(action.name(), name -> new ArrayList<>())
                        .add(bean + "." + tried.getName())));
        return places.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> new ValidationError(
                        "Action " + entry.getKey(),
                        "more than one Try has this name: " + String.join(", ", entry.getValue()),
                        "Give each action a name of its own, and make one bean of each action"))
                .toList();
    }

    private static List<ValidationError> fenceMissing(Map<String, Class<?>> actions) {
        return actions.values().stream()
                .flatMap(type -> TryMethods.of(type).values().stream())
                .filter(TwoPhaseBusinessAction::useTCCFence)
                .map(TwoPhaseBusinessAction::name)
                .distinct()
                .map(
                        name -> new ValidationError(
                                "Action " + name,
                                "there is no fence, because the service has no bean of type DataSource",
                                "Configure the data source of the action's tables (spring.datasource.*), or a FenceHandler of your own"))
                .toList();
    }

    private List<ValidationError> names() {
        String application =
                environment.getProperty("seata.application-id", environment.getProperty("spring.application.name", ""));
        String group = environment.getProperty("seata.tx-service-group", "default_tx_group");
        List<ValidationError> errors = new ArrayList<>();
        if (application.isBlank()) {
            errors.add(new ValidationError(
                    "spring.application.name",
                    "it is not set, and the coordinator tells services apart by it",
                    "Set it, or seata.application-id"));
        }
        // The coordinator takes the name of a process apart at the colons.
        if (application.contains(":")) {
            errors.add(new ValidationError(
                    "spring.application.name or seata.application-id",
                    application + " contains a colon, with which the coordinator finds no process for phase two",
                    "Use letters, digits and hyphens"));
        }
        Stream.of(
                        new String[] {"spring.application.name or seata.application-id", application},
                        new String[] {"seata.tx-service-group", group})
                .filter(name -> name[1].codePointCount(0, name[1].length()) > MAX_CHARACTERS)
                .map(name -> new ValidationError(
                        name[0],
                        "%s has %d characters, and the coordinator's column takes %d"
                                .formatted(name[1], name[1].codePointCount(0, name[1].length()), MAX_CHARACTERS),
                        "Choose a shorter name"))
                .forEach(errors::add);
        if (environment.getProperty("seata.service.disable-global-transaction", Boolean.class, false)) {
            errors.add(new ValidationError(
                    "seata.service.disable-global-transaction",
                    "it is true, so that a Try would run without a branch",
                    "Set it to false; to leave Seata off in a test, set seata.enabled to false"));
        }
        return errors;
    }
}
