package io.holdfast.tcc.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.PhaseTwoPolicy;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Policies: of actions that there are, with settings that there are, and that make sense. */
class ReadyActionsTest {

    private static TestSchema schema;

    private final ApplicationContextRunner application = OfflineSeata.on(new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TccAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=shop",
                    "spring.datasource.url=" + schema.url(),
                    "spring.datasource.username=" + schema.user(),
                    "spring.datasource.password=" + schema.password(),
                    "spring.datasource.hikari.maximum-pool-size=2"));

    @BeforeAll
    static void createTables() throws SQLException {
        schema = TestDatabase.mariaDb().newSchema("ready");
        schema.runScript("fence.sql");
    }

    @BeforeEach
    void emptyCoordinator() {
        OfflineSeata.coordinator();
    }

    @AfterAll
    static void leaveSeata() {
        OfflineSeata.leave();
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.tcc.actions.points.hodl.deadline=1h, holdfast.tcc.actions.points.hodl.deadline",
        "holdfast.tcc.actions.points.hold.dedline=1h,  holdfast.tcc.actions.points.hold.dedline",
        "holdfast.tcc.actions[points.hodl].async=true, points.hodl",
        "holdfast.tcc.actions.points.hold.deadline=0s, deadline is PT0S",
        "holdfast.tcc.actions.points.hold.deadline=soon, soon"
    })
    void a_policy_that_holds_for_nothing_or_makes_no_sense_stops_the_start(String setting, String told) {
        application
                .withBean(DeclaredActionsTest.Sound.class)
                .withPropertyValues(setting)
                .run(context -> assertThat(DeclaredActionsTest.failureOf(context.getStartupFailure()))
                        .hasMessageContaining(told)
                        .hasMessageContaining("points.hold"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast.tcc.actions.points.hold.deadline=1h",
                "holdfast.tcc.actions.points.hold.max-delay=1m",
                "holdfast.tcc.actions.points.hold.maxDelay=1m",
                "holdfast.tcc.actions[points.hold].async=true"
            })
    void a_policy_of_an_action_does_not(String setting) {
        application
                .withBean(DeclaredActionsTest.Sound.class)
                .withPropertyValues(setting)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void an_annotation_that_makes_no_sense_stops_the_start() {
        application.withBean(SoonDone.class).run(context -> assertThat(
                        DeclaredActionsTest.failureOf(context.getStartupFailure()))
                .hasMessageContaining("Policy of action points.hold")
                .hasMessageContaining("soon"));
    }

    @PhaseTwoPolicy(deadline = "soon")
    public static class SoonDone extends DeclaredActionsTest.Sound {}
}
