package io.holdfast.tcc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.properties.RenamedPropertiesInitializer;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.Finding;
import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.orphan.OrphanProperties;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.seata.core.model.GlobalStatus;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.BusinessActionContextUtil;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The identity of the schema at the start of a service, and the look for branches whose end nobody asks for. */
class SchemaAndOrphansTest {

    private static TestSchema schema;

    private final ApplicationContextRunner application = on(schema);

    @BeforeAll
    static void createTable() throws SQLException {
        schema = TestDatabase.mariaDb().newSchema("identity");
        schema.runScript("fence.sql");
    }

    private static ApplicationContextRunner on(TestSchema schema) {
        return new ApplicationContextRunner()
                .withInitializer(new RenamedPropertiesInitializer())
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        DataSourceInitializationAutoConfiguration.class,
                        TccAutoConfiguration.class,
                        TccReconciliationAutoConfiguration.class))
                .withPropertyValues(
                        "spring.application.name=shop",
                        "spring.datasource.url=" + schema.url(),
                        "spring.datasource.username=" + schema.user(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.datasource.hikari.auto-commit=false",
                        "spring.datasource.hikari.maximum-pool-size=4");
    }

    @Test
    void a_service_whose_schema_has_no_identity_does_not_start_and_says_which_script_to_run() throws SQLException {
        TestSchema ofBefore = TestDatabase.mariaDb().newSchema("identity");
        ofBefore.runScript("schema/V0_1__tcc_fence_log.sql");

        on(ofBefore)
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().isInstanceOf(SQLException.class));
        on(ofBefore).run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining(
                        "Run the script io/holdfast/tcc/sql/mysql/schema_identity.sql of tcc-fence-sql"));

        ofBefore.runScript("schema_identity.sql");
        on(ofBefore).run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining(
                        "Run the script io/holdfast/tcc/sql/mysql/audit_operations.sql of tcc-fence-sql"));

        ofBefore.runScript("audit_operations.sql");
        on(ofBefore).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void the_identity_is_read_after_the_scripts_that_make_its_table() throws SQLException {
        TestSchema empty = TestDatabase.mariaDb().newSchema("identity");

        on(empty)
                .withPropertyValues(
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:io/holdfast/tcc/sql/mysql/fence.sql")
                .run(context ->
                        assertThat(context.getBean(SchemaIdentity.class).id()).matches("[0-9a-f]{16}"));
    }

    @Test
    void the_look_for_orphans_has_the_documented_defaults_and_ends_with_the_application() {
        application.run(context -> {
            assertThat(context.getBean(OrphanProperties.class))
                    .isEqualTo(new OrphanProperties(
                            true, Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofSeconds(10), 20));
            OrphanLifecycle ending = context.getBean(OrphanLifecycle.class);
            assertThat(ending.isRunning()).isTrue();
            context.close();
            assertThat(ending.isRunning()).isFalse();
        });
    }

    @Test
    void the_reconciliation_of_a_service_that_has_one_finds_an_orphaned_branch_for_a_day() {
        application.run(context -> {
            schema.run("""
                    insert into tcc_audit (happened_at, who, operation, action_name, xid, branch_id, reason) values
                        (utc_timestamp(3), 'shop-1', 'ORPHAN_LEFT', 'shelf.hold', '10.0.0.1:8091:7701', 1, 'who knows'),
                        (utc_timestamp(3), 'shop-1', 'RETRY', 'shelf.hold', '10.0.0.1:8091:7701', 2, 'a person'),
                        (utc_timestamp(3) - interval 25 hour, 'shop-1', 'ORPHAN_LEFT', 'shelf.hold', '10.0.0.1:8091:7701', 3,
                            'over');
                    """);

            List<Finding> findings = context.getBean(Check.class)
                    .run(new CheckState("", List.of()))
                    .findings();

            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.subject()).isEqualTo("10.0.0.1:8091:7701/1");
                assertThat(finding.detail()).contains("ORPHAN_LEFT of shelf.hold", "shop-1", "who knows");
            });
        });
    }

    @Test
    void a_service_without_reconciliation_has_no_such_check() {
        application
                .withClassLoader(new FilteredClassLoader(Check.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("orphanedBranchesCheck"));
    }

    @ParameterizedTest
    @CsvSource({"holdfast.tcc.orphans.enabled=false", "seata.enabled=false", "holdfast.tcc.enabled=false"})
    void it_can_be_switched_off(String setting) {
        application
                .withPropertyValues(setting)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OrphanLifecycle.class));
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.tcc.orphans.age=4s,           5 second",
        "holdfast.tcc.orphans.age=2h,           1 hour",
        "holdfast.tcc.orphans.delivery-timeout=59s, 1 minute",
        "holdfast.tcc.orphans.untold-after=59s, 1 minute",
        "holdfast.tcc.orphans.interval=1s,      5 second",
        "holdfast.tcc.orphans.batch=0,          1",
        "holdfast.tcc.orphans.batch=51,         50"
    })
    void a_setting_beyond_its_bounds_stops_the_start(String setting, String bound) {
        application.withPropertyValues(setting).run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining("holdfast.tcc.orphans")
                .hasStackTraceContaining(bound));
    }

    /** Whatever it is: without its thread nobody would ever look again. */
    @Test
    void it_goes_on_after_an_error_and_ends_the_branch() {
        AtomicInteger questions = new AtomicInteger();
        GlobalTransactions coordinator = xid -> {
            if (questions.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("io/gateway/Client");
            }
            return GlobalStatus.Finished;
        };
        application
                .withBean(GlobalTransactions.class, () -> coordinator)
                .withBean(HoldAction.class)
                .withPropertyValues("holdfast.tcc.orphans.age=5s", "holdfast.tcc.orphans.interval=5s")
                .run(context -> {
                    String xid = "10.0.0.1:8091:7700";
                    BusinessActionContextUtil.setContext(
                            new BusinessActionContext(xid, "1", new java.util.HashMap<>()));
                    try {
                        context.getBean(TccFence.class).prepareFence(xid, 1L, "shelf.hold", () -> "held");
                    } finally {
                        BusinessActionContextUtil.clear();
                    }
                    schema.run("update tcc_fence_log set gmt_modified = '2020-01-01' where xid = '" + xid + "'");
                    HoldAction action = context.getBean(HoldAction.class);

                    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> action.released() == 1);

                    assertThat(questions).hasValue(2);
                });
    }

    @LocalTCC
    public static class HoldAction {

        private final AtomicInteger released = new AtomicInteger();

        /** The bean is a proxy, which has no fields. */
        public int released() {
            return released.get();
        }

        @TwoPhaseBusinessAction(
                name = "shelf.hold",
                commitMethod = "take",
                rollbackMethod = "release",
                useTCCFence = true)
        public void hold(BusinessActionContext context) {}

        public boolean take(BusinessActionContext context) {
            return true;
        }

        public boolean release(BusinessActionContext context) {
            released.incrementAndGet();
            return true;
        }
    }
}
