package io.holdfast.tcc.autoconfigure.startup;

import io.holdfast.tcc.fence.FenceDatabase;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ReflectionUtils;

/** Finds which of the service's data sources and transaction managers are those of the fence. */
public final class FenceDatabaseLookup {

    public static final String DATA_SOURCE = "holdfast.tcc.fence.data-source";
    static final String TRANSACTION_MANAGER = "holdfast.tcc.fence.transaction-manager";

    private FenceDatabaseLookup() {}

    /** @throws InvalidTccSetupException if it is not clear which one it is */
    public static FenceDatabase of(ConfigurableListableBeanFactory beans, Environment environment) {
        String name = nameOf(beans, environment);
        DataSource dataSource = beans.getBean(name, DataSource.class);
        return new FenceDatabase(name, dataSource, transactionManager(beans, environment, name, dataSource));
    }

    static String nameOf(ConfigurableListableBeanFactory beans, Environment environment) {
        List<String> names = candidates(beans, DataSource.class);
        String chosen = environment.getProperty(DATA_SOURCE, "");
        if (!chosen.isBlank()) {
            if (!names.contains(chosen)) {
                throw new InvalidTccSetupException(new ValidationError(
                        DATA_SOURCE,
                        "there is no data source " + chosen,
                        "Set it to the bean that has the tables of your actions, one of " + names));
            }
            return chosen;
        }
        return single(beans, names)
                .orElseThrow(() -> new InvalidTccSetupException(new ValidationError(
                        "Data source of the fence",
                        "there are %d data sources, %s, and none of them is primary".formatted(names.size(), names),
                        "Set %s to the bean that has the tables of your actions and tcc_fence_log, or make it @Primary"
                                .formatted(DATA_SOURCE))));
    }

    private static PlatformTransactionManager transactionManager(
            ConfigurableListableBeanFactory beans,
            Environment environment,
            String dataSourceName,
            DataSource dataSource) {
        List<String> names = candidates(beans, PlatformTransactionManager.class);
        String chosen = environment.getProperty(TRANSACTION_MANAGER, "");
        if (!chosen.isBlank()) {
            if (!names.contains(chosen)) {
                throw new InvalidTccSetupException(new ValidationError(
                        TRANSACTION_MANAGER, "there is no transaction manager " + chosen, "Set it to one of " + names));
            }
            PlatformTransactionManager manager = beans.getBean(chosen, PlatformTransactionManager.class);
            if (!mayBeOf(manager, dataSource)) {
                throw new InvalidTccSetupException(new ValidationError(
                        TRANSACTION_MANAGER,
                        "%s is not the transaction manager of the data source %s".formatted(chosen, dataSourceName),
                        "Set it to the one of that data source, or %s to the data source of this one"
                                .formatted(DATA_SOURCE)));
            }
            return manager;
        }
        List<String> fitting = new ArrayList<>();
        for (String name : names) {
            if (mayBeOf(beans.getBean(name, PlatformTransactionManager.class), dataSource)) {
                fitting.add(name);
            }
        }
        return single(beans, fitting)
                .map(name -> beans.getBean(name, PlatformTransactionManager.class))
                .orElseThrow(() -> new InvalidTccSetupException(new ValidationError(
                        "Transaction manager of the fence",
                        "of the transaction managers %s %s are of the data source %s"
                                .formatted(names, fitting, dataSourceName),
                        fitting.isEmpty()
                                ? "Make a JdbcTransactionManager bean of that data source"
                                : "Set %s to the one that your actions use".formatted(TRANSACTION_MANAGER))));
    }

    static List<String> candidates(ConfigurableListableBeanFactory beans, Class<?> type) {
        return Arrays.stream(beans.getBeanNamesForType(type, true, false))
                .filter(name -> !name.startsWith("scopedTarget."))
                .toList();
    }

    /** As Spring itself chooses among several beans. */
    private static Optional<String> single(ConfigurableListableBeanFactory beans, List<String> names) {
        return only(names, name -> true)
                .or(() -> only(names, name -> is(beans, name, BeanDefinition::isPrimary)))
                .or(() -> only(
                        names,
                        name -> !is(
                                beans,
                                name,
                                definition -> !definition.isAutowireCandidate()
                                        || definition.isFallback()
                                        || (definition instanceof AbstractBeanDefinition own
                                                && !own.isDefaultCandidate()))));
    }

    private static Optional<String> only(List<String> names, Predicate<String> wanted) {
        List<String> found = names.stream().filter(wanted).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static boolean is(ConfigurableListableBeanFactory beans, String name, Predicate<BeanDefinition> property) {
        return beans.containsBeanDefinition(name) && property.test(beans.getMergedBeanDefinition(name));
    }

    /** Whether the manager is of that data source, or does not say. */
    private static boolean mayBeOf(PlatformTransactionManager manager, DataSource dataSource) {
        DataSource own = dataSourceOf(manager);
        return own == null || innermost(own) == innermost(dataSource);
    }

    private static @Nullable DataSource dataSourceOf(PlatformTransactionManager manager) {
        if (manager instanceof ResourceTransactionManager resources
                && resources.getResourceFactory() instanceof DataSource own) {
            return own;
        }
        // JPA's, whose classes a service may lack.
        Method getter = ReflectionUtils.findMethod(manager.getClass(), "getDataSource");
        return getter == null ? null : (DataSource) ReflectionUtils.invokeMethod(getter, manager);
    }

    /** Without the wrappers of Spring's and without proxies, so that two beans of one pool are seen to be the same. */
    static Object innermost(DataSource dataSource) {
        DataSource innermost = dataSource;
        while (innermost instanceof DelegatingDataSource delegating && delegating.getTargetDataSource() != null) {
            innermost = delegating.getTargetDataSource();
        }
        Object target = AopProxyUtils.getSingletonTarget(innermost);
        return target == null ? innermost : target;
    }
}
