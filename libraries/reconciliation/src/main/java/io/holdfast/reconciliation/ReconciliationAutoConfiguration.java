package io.holdfast.reconciliation;

import io.holdfast.migrations.LibrarySchema;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** A reconciler for a service with a data source; it runs the service's beans of type {@link Check}. */
@AutoConfiguration(
        afterName = {
            "io.holdfast.tcc.autoconfigure.TccAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(ReconciliationProperties.class)
public class ReconciliationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.tickMillis(ZoneOffset.UTC);
    }

    @Bean
    LibrarySchema reconciliationSchema() {
        return new LibrarySchema("reconciliation_history", "io/holdfast/reconciliation/schema/{database}");
    }

    @Bean
    @DependsOnDatabaseInitialization
    ReconciliationTable reconciliationTable(DataSource dataSource) {
        return new ReconciliationTable(JdbcClient.create(dataSource));
    }

    @Bean
    ReconciliationMetrics reconciliationMetrics(ObjectProvider<MeterRegistry> registry) {
        return new ReconciliationMetrics(registry.getIfAvailable(CompositeMeterRegistry::new));
    }

    @Bean
    Grace grace(ReconciliationProperties properties) {
        return new Grace(properties.grace());
    }

    @Bean
    Reconciler reconciler(
            ObjectProvider<Check> checks,
            ReconciliationTable table,
            PlatformTransactionManager transactionManager,
            ReconciliationProperties properties,
            ReconciliationMetrics metrics,
            Clock clock) {
        TransactionTemplate transaction = new TransactionTemplate(transactionManager);
        // Under REPEATABLE READ a search that finds nothing locks the gap where others want to insert.
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        // The tables keep milliseconds, whatever clock the service has.
        Clock millis = Clock.tick(clock, Duration.ofMillis(1));
        return new Reconciler(checks.orderedStream().toList(), table, transaction, properties, metrics, millis);
    }

    @Bean
    ReconciliationOperations reconciliationOperations(Reconciler reconciler, ReconciliationTable table) {
        return new ReconciliationOperations(reconciler, table);
    }

    /** The actuator endpoint, if the service has actuator and exposes it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Endpoint {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        ReconciliationEndpoint reconciliationEndpoint(ReconciliationOperations operations) {
            return new ReconciliationEndpoint(operations);
        }
    }
}
