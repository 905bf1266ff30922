package io.holdfast.tcc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.branch.BranchHistory;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import io.holdfast.tcc.xid.TryGuard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.seata.common.executor.Callback;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.integration.tx.api.fence.DefaultCommonFenceHandler;
import org.apache.seata.integration.tx.api.fence.FenceHandler;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class TccAutoConfigurationTest {

    private static final String XID = "10.0.0.1:8091:7001";
    private static TestSchema schema;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TccAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=shop",
                    "spring.datasource.url=" + schema.url(),
                    "spring.datasource.username=" + schema.user(),
                    "spring.datasource.password=" + schema.password(),
                    "spring.datasource.hikari.auto-commit=false",
                    "spring.datasource.hikari.maximum-pool-size=4");

    @BeforeAll
    static void createTable() throws SQLException {
        schema = TestDatabase.mariaDb().newSchema("autoconfigure");
        schema.runScript("fence.sql");
    }

    @BeforeEach
    void emptyTable() throws SQLException {
        schema.run("delete from tcc_fence_log;");
    }

    @AfterEach
    void leaveNoTransactionBehind() {
        RootContext.unbind();
    }

    @Test
    void a_service_with_one_data_source_gets_everything() {
        application.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(TccFence.class)
                .hasSingleBean(FenceInstaller.class)
                .hasSingleBean(FenceCleanerLifecycle.class)
                .hasSingleBean(TryGuard.class)
                .hasSingleBean(BranchHistory.class)
                .hasSingleBean(TccProperties.class));
    }

    @Test
    void seata_calls_the_fence_even_if_its_own_one_is_loaded_afterwards() {
        application.run(context -> {
            Class.forName("org.apache.seata.rm.fence.SpringFenceHandler");

            Object result = DefaultCommonFenceHandler.get().prepareFence(XID, 1L, "stock.reserve", () -> "reserved");

            assertThat(result).isEqualTo("reserved");
            assertThat(context.getBean(BranchHistory.class).branchesOf(XID))
                    .singleElement()
                    .satisfies(branch -> {
                        assertThat(branch.service()).isEqualTo("shop");
                        assertThat(branch.action()).isEqualTo("stock.reserve");
                        assertThat(branch.status()).isEqualTo("TRIED");
                    });
        });
    }

    @Test
    void outcomes_are_counted_in_the_registry_of_the_service_and_times_come_from_its_clock() {
        Instant now = Instant.parse("2026-01-02T03:04:05.678Z");
        application
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Clock.class, () -> Clock.fixed(now, ZoneOffset.UTC))
                .run(context -> {
                    context.getBean(TccFence.class).prepareFence(XID, 1L, "stock.reserve", () -> "reserved");

                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("holdfast.tcc.fence")
                                    .tags("action", "stock.reserve", "outcome", "tried")
                                    .counter()
                                    .count())
                            .isEqualTo(1);
                    assertThat(context.getBean(BranchHistory.class)
                                    .branchesOf(XID)
                                    .get(0)
                                    .createdAt())
                            .isEqualTo(now);
                });
    }

    @Test
    void the_cleaner_runs_at_its_interval_and_ends_with_the_application() throws SQLException {
        schema.run("""
                insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                values ('10.0.0.1:8091:1', 1, 'stock.reserve', 2, '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
                       ('10.0.0.1:8091:1', 2, 'stock.reserve', 1, '2020-01-01 00:00:00', '2020-01-01 00:00:00');
                """);
        application.withPropertyValues("holdfast.tcc.fence.clean-interval=1s").run(context -> {
            BranchHistory history = context.getBean(BranchHistory.class);
            Awaitility.await().until(() -> history.branchesOf("10.0.0.1:8091:1").size() == 1);
            assertThat(history.branchesOf("10.0.0.1:8091:1").get(0).status()).isEqualTo("TRIED");

            FenceCleanerLifecycle cleaning = context.getBean(FenceCleanerLifecycle.class);
            assertThat(cleaning.isRunning()).isTrue();
            context.close();
            assertThat(cleaning.isRunning()).isFalse();
        });
    }

    // Backing off

    @Test
    void it_backs_off_from_a_fence_of_the_teams_own_and_hands_that_one_to_seata() {
        application.withUserConfiguration(OwnFence.class).run(context -> {
            assertThat(context)
                    .doesNotHaveBean(TccFence.class)
                    .doesNotHaveBean(FenceCleanerLifecycle.class)
                    .hasSingleBean(FenceInstaller.class);

            DefaultCommonFenceHandler.get().deleteFenceByDate(new Date());

            assertThat(context.getBean(OwnFenceHandler.class).calls).hasValue(1);
        });
    }

    @Test
    void it_backs_off_from_the_teams_own_guard_and_clock_and_history() {
        TryGuard guard = new TryGuard();
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        BranchHistory history = new BranchHistory("own", new DriverManagerDataSource(schema.url()));
        application
                .withBean("ownGuard", TryGuard.class, () -> guard)
                .withBean("ownClock", Clock.class, () -> clock)
                .withBean("ownHistory", BranchHistory.class, () -> history)
                .run(context -> {
                    assertThat(context).getBean(TryGuard.class).isSameAs(guard);
                    assertThat(context).getBean(Clock.class).isSameAs(clock);
                    assertThat(context).getBean(BranchHistory.class).isSameAs(history);
                });
    }

    @Test
    void without_a_data_source_there_is_no_fence_and_the_guard_stays() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TccAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(FenceHandler.class)
                        .doesNotHaveBean(FenceInstaller.class)
                        .doesNotHaveBean(FenceCleanerLifecycle.class)
                        .hasSingleBean(TryGuard.class));
    }

    @Test
    void with_two_data_sources_and_none_of_them_primary_it_does_not_guess_and_does_not_start() {
        application
                .withBean("one", DataSource.class, () -> new DriverManagerDataSource(schema.url()))
                .withBean("other", DataSource.class, () -> new DriverManagerDataSource(schema.url()))
                .run(context -> assertThat(messagesOf(context.getStartupFailure()))
                        .contains("[one, other], and none of them is primary", "holdfast.tcc.fence.data-source"));
    }

    @Test
    void switched_off_it_leaves_nothing_behind() {
        application.withPropertyValues("holdfast.tcc.enabled=false").run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(TccFence.class)
                .doesNotHaveBean(FenceInstaller.class)
                .doesNotHaveBean(TryGuard.class)
                .doesNotHaveBean(BranchHistory.class));
    }

    // Settings

    @Test
    void the_settings_have_the_documented_defaults() {
        application.run(context -> {
            TccProperties settings = context.getBean(TccProperties.class);
            assertThat(settings.enabled()).isTrue();
            assertThat(settings.internalPaths()).isEqualTo("/internal/**");
            assertThat(settings.fence().isolation().name()).isEqualTo("READ_COMMITTED");
            assertThat(settings.fence().retention()).isEqualTo(Duration.ofDays(7));
            assertThat(settings.fence().cleanInterval()).isEqualTo(Duration.ofMinutes(10));
            assertThat(settings.fence().cleanChunk()).isEqualTo(500);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.tcc.fence.retention=1s,       retention,     10 minutes",
        "holdfast.tcc.fence.retention=-7d,      retention,     10 minutes",
        "holdfast.tcc.fence.retention=soon,     retention,     soon",
        "holdfast.tcc.fence.clean-interval=0s,  cleanInterval, 1 second",
        "holdfast.tcc.fence.clean-chunk=0,      cleanChunk,    1",
        "holdfast.tcc.fence.clean-chunk=10001,  cleanChunk,    10000",
        "holdfast.tcc.fence.isolation=SERIALIZABLE, isolation, SERIALIZABLE",
        "holdfast.tcc.internal-paths=,          internalPaths, blank"
    })
    void an_invalid_setting_stops_the_start_and_names_itself_and_the_bound(
            String setting, String property, String bound) {
        application.withPropertyValues(setting).run(context -> {
            assertThat(context).hasFailed();
            String told = messagesOf(context.getStartupFailure());
            assertThat(told).contains("holdfast.tcc").containsIgnoringCase(bound);
            assertThat(told.replace("-", "")).containsIgnoringCase(property);
        });
    }

    @Test
    void a_database_that_does_not_answer_stops_the_start_with_a_word_about_the_fence() {
        application
                .withPropertyValues(
                        "spring.datasource.url=jdbc:mysql://127.0.0.1:1/none",
                        "spring.datasource.hikari.connection-timeout=300",
                        "spring.datasource.hikari.initialization-fail-timeout=-1")
                .run(context -> assertThat(messagesOf(context.getStartupFailure()))
                        .contains("The fence cannot ask the database which one it is"));
    }

    // The guard of every Try

    @Test
    void a_try_outside_a_global_transaction_is_refused_and_does_not_run() {
        application.withUserConfiguration(Actions.class).run(context -> {
            ReserveAction action = context.getBean(ReserveAction.class);

            assertThatThrownBy(() -> action.reserve(new BusinessActionContext()))
                    .isInstanceOf(TryRefusedException.NoGlobalTransaction.class)
                    .hasMessageContaining("ReserveAction.reserve");

            assertThat(context.getBean(AtomicInteger.class)).hasValue(0);
        });
    }

    @Test
    void a_try_inside_a_global_transaction_runs() {
        application.withUserConfiguration(Actions.class).run(context -> {
            RootContext.bind(XID);

            context.getBean(ReserveAction.class).reserve(new BusinessActionContext());

            assertThat(context.getBean(AtomicInteger.class)).hasValue(1);
        });
    }

    @Test
    void a_try_inside_an_open_local_transaction_is_refused_and_does_not_run() {
        application.withUserConfiguration(Actions.class).run(context -> {
            RootContext.bind(XID);
            TransactionTemplate transaction =
                    new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            ReserveAction action = context.getBean(ReserveAction.class);

            assertThatThrownBy(() ->
                            transaction.executeWithoutResult(status -> action.reserve(new BusinessActionContext())))
                    .hasMessageContaining("ReserveAction.reserve")
                    .hasMessageContaining("local transaction");

            assertThat(context.getBean(AtomicInteger.class)).hasValue(0);
        });
    }

    @Test
    void methods_that_are_no_try_are_not_guarded() {
        application.withUserConfiguration(Actions.class).run(context -> {
            assertThat(context.getBean(ReserveAction.class).sell(new BusinessActionContext()))
                    .isTrue();
        });
    }

    private static String messagesOf(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            messages.append(each.getMessage()).append('\n');
        }
        return messages.toString();
    }

    @Configuration(proxyBeanMethods = false)
    static class Actions {

        @Bean
        AtomicInteger tries() {
            return new AtomicInteger();
        }

        @Bean
        ReserveAction reserveAction(AtomicInteger tries) {
            return new ReserveAction(tries);
        }

        @Bean
        JdbcTemplate jdbcTemplate(DataSource dataSource) {
            return new JdbcTemplate(dataSource);
        }
    }

    @LocalTCC
    public static class ReserveAction {

        private final AtomicInteger tries;

        public ReserveAction(AtomicInteger tries) {
            this.tries = tries;
        }

        @TwoPhaseBusinessAction(
                name = "stock.reserve",
                commitMethod = "sell",
                rollbackMethod = "release",
                useTCCFence = true)
        public void reserve(BusinessActionContext context) {
            tries.incrementAndGet();
        }

        public boolean sell(BusinessActionContext context) {
            return true;
        }

        public boolean release(BusinessActionContext context) {
            return true;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFence {

        @Bean
        OwnFenceHandler ownFence() {
            return new OwnFenceHandler();
        }
    }

    static final class OwnFenceHandler implements FenceHandler {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public Object prepareFence(String xid, Long branchId, String action, Callback<Object> businessTry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean commitFence(Method confirm, Object bean, String xid, Long branchId, Object[] args) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean rollbackFence(
                Method cancel, Object bean, String xid, Long branchId, Object[] args, String action) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int deleteFenceByDate(Date before) {
            return calls.incrementAndGet();
        }
    }
}
