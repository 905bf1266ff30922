package io.holdfast.tcc.autoconfigure.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.holdfast.tcc.coordinator.TccFence;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.apache.seata.rm.tcc.api.LocalTCC;
import org.apache.seata.rm.tcc.api.TwoPhaseBusinessAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A service with two databases: which one the fence is in, and what happens to a Try that works in the other one. */
class FenceDatabaseTest {

    private static final String XID = "10.0.0.1:8091:7003";
    private static TestSchema points;
    private static TestSchema archive;

    private final ApplicationContextRunner application = OfflineSeata.on(new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TransactionAutoConfiguration.class, TccAutoConfiguration.class))
            .withPropertyValues("spring.application.name=shop"));
    private final ApplicationContextRunner twoDatabases = application.withUserConfiguration(TwoDatabases.class);
    private OfflineSeata.Coordinator coordinator;

    @BeforeAll
    static void createTables() throws SQLException {
        points = TestDatabase.mariaDb().newSchema("points");
        archive = TestDatabase.mariaDb().newSchema("archive");
        points.runScript("fence.sql");
        for (TestSchema schema : new TestSchema[] {points, archive}) {
            schema.run("create table held (sku varchar(20) not null);");
        }
    }

    @BeforeEach
    void begin() throws SQLException {
        coordinator = OfflineSeata.coordinator();
        points.run("delete from tcc_fence_log;");
        points.run("delete from held;");
        archive.run("delete from held;");
        RootContext.bind(XID);
    }

    @AfterEach
    void leaveNoTransactionBehind() {
        RootContext.unbind();
    }

    @AfterAll
    static void leaveSeata() {
        OfflineSeata.leave();
    }

    @Test
    void two_data_sources_and_none_of_them_primary_stop_the_start_which_says_what_to_set() {
        twoDatabases.run(context -> assertThat(DeclaredActionsTest.failureOf(context.getStartupFailure()))
                .hasMessageContaining("there are 2 data sources, [points, archive], and none of them is primary")
                .hasMessageContaining("Set holdfast.tcc.fence.data-source"));
    }

    @Test
    void the_one_of_the_fence_can_be_chosen_and_its_transaction_manager_is_found() {
        twoDatabases
                .withPropertyValues("holdfast.tcc.fence.data-source=points")
                .withBean(Holding.class)
                .run(context -> {
                    context.getBean(Holding.class)
                            .hold(null, inPoints -> insert(context.getBean("points", DataSource.class)));

                    assertThat(coordinator.registered()).containsExactly("points.hold");
                    assertThat(fenceRows()).isEqualTo(1);
                    assertThat(rows(points, "held")).isEqualTo(1);
                });
    }

    @Test
    void a_primary_one_is_the_fences() {
        application.withUserConfiguration(PrimaryPoints.class).run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(TccFence.class)
                .getBean(FenceDatabase.class)
                .extracting(FenceDatabase::name)
                .isEqualTo("main"));
    }

    @Test
    void a_name_that_there_is_not_stops_the_start() {
        twoDatabases.withPropertyValues("holdfast.tcc.fence.data-source=ponits").run(context -> assertThat(
                        DeclaredActionsTest.failureOf(context.getStartupFailure()))
                .hasMessageContaining("there is no data source ponits")
                .hasMessageContaining("[points, archive]"));
    }

    @Test
    void a_transaction_manager_of_the_other_one_stops_the_start() {
        twoDatabases
                .withPropertyValues(
                        "holdfast.tcc.fence.data-source=points",
                        "holdfast.tcc.fence.transaction-manager=archiveTransactions")
                .run(context -> assertThat(DeclaredActionsTest.failureOf(context.getStartupFailure()))
                        .hasMessageContaining(
                                "archiveTransactions is not the transaction manager of the data source points"));
    }

    @Test
    void an_action_whose_tables_are_elsewhere_is_refused_at_its_first_try_and_holds_nothing() {
        twoDatabases
                .withPropertyValues("holdfast.tcc.fence.data-source=points")
                .withBean(Holding.class)
                .run(context -> {
                    DataSource elsewhere = context.getBean("archive", DataSource.class);
                    Holding action = context.getBean(Holding.class);

                    assertThatThrownBy(() -> action.hold(null, nothing -> insert(elsewhere)))
                            .isInstanceOf(TryRefusedException.OtherDatabase.class)
                            .hasMessageContaining("Holding.hold")
                            .hasMessageContaining("archive")
                            .hasMessageContaining("its fence is in points");
                    assertThatThrownBy(() -> action.hold(null, nothing -> new TransactionTemplate(
                                            context.getBean("archiveTransactions", JdbcTransactionManager.class))
                                    .executeWithoutResult(status -> insert(elsewhere))))
                            .isInstanceOf(TryRefusedException.OtherDatabase.class);

                    assertThat(rows(archive, "held")).isZero();
                    assertThat(fenceRows()).isZero();
                    insert(elsewhere);
                    assertThat(rows(archive, "held"))
                            .as("outside a Try it is nobody's business")
                            .isEqualTo(1);
                });
    }

    /** The connections of these come from other beans, and are the fence's own nevertheless. */
    @Test
    void a_router_or_a_wrapper_that_the_fence_is_behind_is_let_through() {
        for (String behind : new String[] {"router", "lazy"}) {
            twoDatabases
                    .withUserConfiguration(Behind.class)
                    .withPropertyValues(
                            "holdfast.tcc.fence.data-source=" + behind,
                            "holdfast.tcc.fence.transaction-manager=" + behind + "Transactions")
                    .withBean(Holding.class)
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        context.getBean(Holding.class)
                                .hold(null, inPoints -> insert(context.getBean(behind, DataSource.class)));
                    });
        }
        assertThat(fenceRows()).isEqualTo(2);
        assertThat(rows(points, "held")).isEqualTo(2);
    }

    private static void insert(DataSource dataSource) {
        new JdbcTemplate(dataSource).update("insert into held values ('sku-1')");
    }

    private static int fenceRows() {
        return rows(points, "tcc_fence_log");
    }

    private static int rows(TestSchema schema, String table) {
        try (HikariDataSource pool = pool(schema)) {
            return new JdbcTemplate(pool).queryForObject("select count(*) from " + table, Integer.class);
        }
    }

    private static HikariDataSource pool(TestSchema schema) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(schema.url());
        pool.setUsername(schema.user());
        pool.setPassword(schema.password());
        pool.setMaximumPoolSize(2);
        return pool;
    }

    @LocalTCC
    public static class Holding {

        @TwoPhaseBusinessAction(
                name = "points.hold",
                commitMethod = "spend",
                rollbackMethod = "giveBack",
                useTCCFence = true)
        public void hold(BusinessActionContext branch, Consumer<String> business) {
            business.accept("");
        }

        public boolean spend(BusinessActionContext branch) {
            return true;
        }

        public boolean giveBack(BusinessActionContext branch) {
            return true;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDatabases {

        @Bean
        HikariDataSource points() {
            return pool(points);
        }

        @Bean
        HikariDataSource archive() {
            return pool(archive);
        }

        @Bean
        JdbcTransactionManager pointsTransactions(HikariDataSource points) {
            return new JdbcTransactionManager(points);
        }

        @Bean
        JdbcTransactionManager archiveTransactions(HikariDataSource archive) {
            return new JdbcTransactionManager(archive);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryPoints {

        @Bean
        @Primary
        HikariDataSource main() {
            return pool(points);
        }

        @Bean
        HikariDataSource reports() {
            return pool(archive);
        }

        @Bean
        JdbcTransactionManager mainTransactions(HikariDataSource main) {
            return new JdbcTransactionManager(main);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Behind {

        @Bean
        AbstractRoutingDataSource router(HikariDataSource points, HikariDataSource archive) {
            AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
                @Override
                protected Object determineCurrentLookupKey() {
                    return "points";
                }
            };
            router.setTargetDataSources(Map.of("points", points, "archive", archive));
            return router;
        }

        @Bean
        JdbcTransactionManager routerTransactions(AbstractRoutingDataSource router) {
            return new JdbcTransactionManager(router);
        }

        @Bean
        LazyConnectionDataSourceProxy lazy(HikariDataSource points) {
            return new LazyConnectionDataSourceProxy(points);
        }

        @Bean
        JdbcTransactionManager lazyTransactions(LazyConnectionDataSourceProxy lazy) {
            return new JdbcTransactionManager(lazy);
        }
    }
}
