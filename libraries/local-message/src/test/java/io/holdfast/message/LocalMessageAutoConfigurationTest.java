package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;

/** What a service gets by having this module on its class path. No database is asked: nothing is written here. */
class LocalMessageAutoConfigurationTest {

    private static final String BROKER = "holdfast.message.kafka.servers=127.0.0.1:1";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LocalMessageAutoConfiguration.class));

    private final ApplicationContextRunner withDatabase = runner.withBean(
                    DataSource.class, () -> new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none"))
            .withBean(
                    PlatformTransactionManager.class,
                    () -> new DataSourceTransactionManager(
                            new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/none")));

    @Test
    void aServiceWithoutADatabaseGetsNothing() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LocalMessages.class));
    }

    @Test
    void withoutABrokerMessagesAreWrittenAndNobodySendsOrTakesThem() {
        withDatabase.run(context -> assertThat(context)
                .hasSingleBean(LocalMessages.class)
                .doesNotHaveBean(MessageSender.class)
                .doesNotHaveBean(MessageConsumers.class)
                .doesNotHaveBean(EventConsumers.class));
    }

    @Test
    void withABrokerTheyAreSentAndTakenEvenWhileItIsAway() {
        withDatabase
                .withPropertyValues(BROKER, "holdfast.message.kafka.security=PLAINTEXT")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(MessageSender.class)
                        .hasSingleBean(MessageConsumers.class)
                        .hasSingleBean(EventConsumers.class));
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
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MessagesEndpoint.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"holdfast.message.max-attempts=0", "holdfast.message.max-patience=0s", BROKER})
    void aSettingThatCannotWorkOrABrokerWithoutAUserStopsTheStart(String setting) {
        withDatabase.withPropertyValues(setting).run(context -> assertThat(context)
                .hasFailed());
    }
}
