package io.holdfast.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;

/** What a service gets by having this module on its class path. No database is asked: the first look comes later. */
class ReconciliationAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ReconciliationAutoConfiguration.class));

    private final ApplicationContextRunner withDatabase = runner.withBean(
                    DataSource.class, () -> new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none"))
            .withBean(
                    PlatformTransactionManager.class,
                    () -> new DataSourceTransactionManager(
                            new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none")));

    @Test
    void aServiceWithoutADatabaseGetsNothing() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Reconciler.class));
    }

    @Test
    void aServiceWithADatabaseGetsAReconcilerAlsoWithoutAnyCheck() {
        withDatabase.run(context ->
                assertThat(context).hasSingleBean(Reconciler.class).hasSingleBean(ReconciliationOperations.class));
    }

    @Test
    void theServicesOwnClockIsTaken() {
        Clock own = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        withDatabase.withBean("own", Clock.class, () -> own).run(context -> assertThat(context.getBean(Clock.class))
                .isSameAs(own));
    }

    @Test
    void aServiceWithoutActuatorStartsWithoutTheEndpoint() {
        withDatabase
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReconciliationEndpoint.class));
    }
}
