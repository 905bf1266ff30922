package io.holdfast.tcc.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.holdfast.tcc.coordinator.ContextLimit;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.util.ServiceLoader;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.protocol.RpcMessage;
import org.apache.seata.core.protocol.transaction.BranchReportRequest;
import org.apache.seata.core.rpc.hook.RpcHook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A context that is longer than the coordinator keeps is refused before anything is sent. */
class ContextLimitTest {

    private static final String XID = "10.0.0.1:8091:7004";
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
                    "spring.datasource.hikari.maximum-pool-size=2")
            .withBean(ActionsBecomeBranchesTest.Points.class));
    private OfflineSeata.Coordinator coordinator;

    @BeforeAll
    static void createTables() throws SQLException {
        schema = TestDatabase.mariaDb().newSchema("limit");
        schema.runScript("fence.sql");
    }

    @BeforeEach
    void begin() {
        coordinator = OfflineSeata.coordinator();
        RootContext.bind(XID);
    }

    @AfterEach
    void leaveNothingBehind() {
        RootContext.unbind();
        ActionsBecomeBranchesTest.Points.HELD.clear();
        ContextLimit.set(ContextLimit.DEFAULT);
    }

    @AfterAll
    static void leaveSeata() {
        OfflineSeata.leave();
    }

    @Test
    void a_longer_context_is_refused_with_its_size_and_the_bound_and_nothing_is_registered_or_held() {
        application.run(context -> {
            ActionsBecomeBranchesTest.Held action = context.getBean(ActionsBecomeBranchesTest.Held.class);

            assertThatThrownBy(() -> action.hold(null, "x".repeat(8_000)))
                    .isInstanceOf(TryRefusedException.ContextTooLarge.class)
                    .hasMessageMatching(
                            "The context of points.hold has 8\\d\\d\\d characters, and the coordinator keeps 8000;.*");

            assertThat(coordinator.registered()).isEmpty();
            assertThat(ActionsBecomeBranchesTest.Points.HELD).isEmpty();
            action.hold(null, "x".repeat(7_000));
            assertThat(coordinator.registered()).containsExactly("points.hold");
        });
    }

    @Test
    void the_bound_can_be_that_of_another_coordinator_and_counts_characters_as_its_column_does() {
        application
                .withPropertyValues("holdfast.tcc.coordinator.context-limit=2000")
                .run(context -> {
                    ActionsBecomeBranchesTest.Held action = context.getBean(ActionsBecomeBranchesTest.Held.class);

                    assertThatThrownBy(() -> action.hold(null, "x".repeat(2_000)))
                            .isInstanceOf(TryRefusedException.ContextTooLarge.class)
                            .hasMessageContaining("the coordinator keeps 2000");
                    assertThatCode(() -> action.hold(null, "\uD83C\uDF81".repeat(1_500)))
                            .doesNotThrowAnyException();
                });
    }

    @Test
    void what_a_try_adds_later_is_bounded_too() {
        BranchReportRequest report = new BranchReportRequest();
        report.setBranchId(7);
        report.setApplicationData("x".repeat(8_001));
        RpcMessage message = new RpcMessage();
        message.setBody(report);

        assertThatThrownBy(() -> new ContextLimit().doBeforeRequest("coordinator", message))
                .isInstanceOf(TryRefusedException.ContextTooLarge.class)
                .hasMessageContaining("branch 7 has 8001 characters");
        report.setApplicationData("x".repeat(8_000));
        assertThatCode(() -> new ContextLimit().doBeforeRequest("coordinator", message))
                .doesNotThrowAnyException();
    }

    @Test
    void seata_finds_the_hook() {
        assertThat(ServiceLoader.load(RpcHook.class)).hasAtLeastOneElementOfType(ContextLimit.class);
    }

    @Test
    void a_null_that_confirm_and_cancel_need_is_the_callers_fault_and_is_named() {
        application.run(context -> {
            ActionsBecomeBranchesTest.Held action = context.getBean(ActionsBecomeBranchesTest.Held.class);

            assertThatThrownBy(() -> context.getBean(ActionsBecomeBranchesTest.Points.class)
                            .hold(null, null))
                    .isInstanceOf(TryRefusedException.ContextValueMissing.class)
                    .hasMessageContaining("without sku");
            assertThat(coordinator.registered()).isEmpty();
            assertThat(action).isNotNull();
        });
    }
}
