package io.holdfast.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** With the migrations that services had in their own history up to version 1.0: folder {@code before}. */
@ExtendWith(OutputCaptureExtension.class)
abstract class LibraryMigrationsAcceptance {

    private static final String SERVICE = "classpath:service";
    private static final String FENCE = "io/holdfast/tcc/sql/{database}/schema";

    private TestSchema schema;
    private JdbcTemplate jdbc;

    abstract TestDatabase database();

    @BeforeEach
    void createSchema() {
        schema = database().newSchema("migrations");
        jdbc = new JdbcTemplate(new DriverManagerDataSource(schema.url(), schema.user(), schema.password()));
    }

    @Configuration(proxyBeanMethods = false)
    static class Libraries {

        @Bean
        LibrarySchema fence() {
            return new LibrarySchema(
                    "tcc_history",
                    FENCE,
                    new LibrarySchema.Existing("tcc_fence_log", "lane", "0.1", "upgrade it first"));
        }

        @Bean
        LibrarySchema messages() {
            return new LibrarySchema("local_message_history", "library/{database}");
        }
    }

    @Test
    void aNewDatabaseGetsTheTablesOfTheServiceAndOfEachLibrary() {
        start();

        assertThat(versions("flyway_schema_history")).containsExactly("1");
        assertThat(versions("tcc_history")).containsExactly("0", "0.1");
        assertThat(versions("local_message_history")).containsExactly("0", "1");
        assertThat(jdbc.queryForObject("select count(*) from tcc_schema_identity", Integer.class))
                .isEqualTo(1);
        assertThat(rows("local_message")).isZero();
    }

    @Test
    void aDatabaseOfBeforeKeepsItsDataAndGoesOnWithHistoriesOfTheLibraries() {
        ofBefore().migrate();
        insertData();
        String identity = identity();
        List<String> history = history();
        assertThat(versions("flyway_schema_history")).containsExactly("0.1", "0.2", "0.3", "1");

        start();

        assertThat(rows("tcc_fence_log")).isEqualTo(2);
        assertThat(rows("local_message")).isEqualTo(1);
        assertThat(rows("reconciliation_finding")).isEqualTo(1);
        assertThat(rows("goods")).isEqualTo(1);
        assertThat(identity()).isEqualTo(identity);
        assertThat(versions("tcc_history")).as("what was there is the baseline").containsExactly("0.1");
        assertThat(versions("local_message_history")).containsExactly("0", "1");
        assertThat(history()).as("the service's history is left as it is").isEqualTo(history);
    }

    @Test
    void anInstanceOfTheVersionBeforeCanStillStart() {
        ofBefore().migrate();
        start();

        assertThat(ofBefore().migrate().migrationsExecuted).isZero();
    }

    @Test
    void atTheNextStartNothingIsLeftToDo() {
        ofBefore().migrate();
        start();
        List<String> all = allHistories();

        start();

        assertThat(allHistories()).isEqualTo(all);
    }

    @Test
    void tablesThatWereMadeByHandAreTakenAsTheyAre() throws SQLException {
        schema.runScript("fence.sql");
        schema.runResource("library/{database}/V1__local_message.sql");
        Flyway.configure()
                .dataSource(schema.url(), schema.user(), schema.password())
                .locations(SERVICE)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
        insertMessage();
        String identity = identity();

        start();

        assertThat(rows("local_message")).isEqualTo(1);
        assertThat(identity()).isEqualTo(identity);
        assertThat(versions("tcc_history")).containsExactly("0.1");
    }

    @Test
    void theTableOfSeataIsNotMistakenForTheLibrarys() throws SQLException {
        ofService().migrate();
        schema.run("create table tcc_fence_log (xid varchar(128) not null, branch_id bigint not null)");

        runner(SERVICE).run(context -> assertThat(context)
                .getFailure()
                .hasStackTraceContaining(
                        "Table tcc_fence_log is there, but without the column lane: upgrade it first"));

        assertThat(isThere("tcc_history"))
                .as("so that nothing has to be repaired later")
                .isFalse();
    }

    @Test
    void instancesThatStartAtOnceMigrateOnce() throws Exception {
        for (boolean before : new boolean[] {false, true}) {
            createSchema();
            if (before) {
                ofBefore().migrate();
                insertData();
            }
            int instances = 4;
            CyclicBarrier together = new CyclicBarrier(instances);
            ExecutorService threads = Executors.newFixedThreadPool(instances);
            try {
                List<Future<?>> starts = new ArrayList<>();
                for (int n = 0; n < instances; n++) {
                    starts.add(threads.submit(() -> {
                        together.await();
                        start();
                        return null;
                    }));
                }
                for (Future<?> start : starts) {
                    start.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(versions("tcc_history"))
                    .containsExactlyElementsOf(before ? List.of("0.1") : List.of("0", "0.1"));
            assertThat(versions("local_message_history")).containsExactly("0", "1");
            assertThat(rows("tcc_fence_log")).isEqualTo(before ? 2 : 0);
        }
    }

    @Test
    void anotherMigrationThatIsMissingIsAMistakeAsEver() {
        ofBefore().migrate();
        jdbc.update("update flyway_schema_history set script = 'V0_3__something_else.sql' where version = '0.3'");

        runner(SERVICE).run(context -> assertThat(context)
                .getFailure()
                .hasStackTraceContaining("applied migration not resolved locally: 0.3"));
    }

    @Test
    void aChangedMigrationOfTheServiceIsAMistakeAsEver() {
        ofBefore().migrate();
        jdbc.update("update flyway_schema_history set checksum = 4711 where version = '1'");

        runner(SERVICE).run(context -> assertThat(context).getFailure().hasStackTraceContaining("checksum mismatch"));
    }

    @Test
    void aServiceThatStillListsTheFolderIsToldToLeaveItOut(CapturedOutput output) {
        ofBefore().migrate();
        insertData();
        String folder = "classpath:io/holdfast/tcc/sql/" + schema.folder() + "/flyway";

        runner(folder + "," + SERVICE).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).contains("WARN", "Remove [" + folder + "] from spring.flyway.locations");
        assertThat(versions("tcc_history")).containsExactly("0.1");
        assertThat(rows("tcc_fence_log")).isEqualTo(2);
    }

    @Test
    void whoMigratesByHandIsLeftAlone() {
        ofService().migrate();

        runner(SERVICE).withPropertyValues("holdfast.migrations.enabled=false").run(context -> assertThat(context)
                .hasNotFailed());
        runner(SERVICE).withPropertyValues("spring.flyway.enabled=false").run(context -> assertThat(context)
                .hasNotFailed());
        runner(SERVICE).withClassLoader(new FilteredClassLoader(Flyway.class)).run(context -> assertThat(context)
                .hasNotFailed());

        assertThat(isThere("tcc_history")).isFalse();
        assertThat(isThere("tcc_fence_log")).isFalse();
    }

    private void start() {
        runner(SERVICE).run(context -> assertThat(context).hasNotFailed());
    }

    private ApplicationContextRunner runner(String locations) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        FlywayAutoConfiguration.class,
                        LibraryMigrationsAutoConfiguration.class))
                .withUserConfiguration(Libraries.class)
                .withPropertyValues(
                        "spring.datasource.url=" + schema.url(),
                        "spring.datasource.username=" + schema.user(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.datasource.hikari.maximum-pool-size=3",
                        "spring.flyway.locations=" + locations);
    }

    /** As services were set up to version 1.0. */
    private Flyway ofBefore() {
        return Flyway.configure()
                .dataSource(schema.url(), schema.user(), schema.password())
                .locations("classpath:before/" + schema.folder(), SERVICE)
                .load();
    }

    private Flyway ofService() {
        return Flyway.configure()
                .dataSource(schema.url(), schema.user(), schema.password())
                .locations(SERVICE)
                .load();
    }

    private void insertData() {
        jdbc.update("insert into goods (sku) values ('sku-1')");
        jdbc.update("""
                insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                values ('10.0.0.1:8091:1', 1, 'order.place', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
                       ('10.0.0.1:8091:2', 2, 'order.place', 2, '2026-01-01 00:00:00', '2026-01-01 00:00:00')
                """);
        jdbc.update("""
                insert into reconciliation_finding
                    (check_name, subject, state, detail, first_seen, last_seen, times_seen)
                values ('c', 's', 'OPEN', 'd', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 2)
                """);
        insertMessage();
    }

    private void insertMessage() {
        jdbc.update("""
                insert into local_message
                    (id, topic, message_key, payload, status, due_at, created_at, modified_at)
                values ('m-1', 'stock.release', 'o-1', '{}', 'NEW', '2026-01-01 00:00:00', '2026-01-01 00:00:00',
                    '2026-01-01 00:00:00')
                """);
    }

    private int rows(String table) {
        return jdbc.queryForObject("select count(*) from " + table, Integer.class);
    }

    private String identity() {
        return jdbc.queryForObject("select schema_id from tcc_schema_identity", String.class);
    }

    private List<String> versions(String history) {
        return jdbc.queryForList(
                "select version from " + history + " where version is not null order by installed_rank", String.class);
    }

    private List<String> history() {
        return jdbc.queryForList(
                "select concat(installed_rank, ' ', script, ' ', checksum) from flyway_schema_history"
                        + " order by installed_rank",
                String.class);
    }

    private List<String> allHistories() {
        List<String> all = new ArrayList<>();
        for (String table : List.of("flyway_schema_history", "tcc_history", "local_message_history")) {
            all.addAll(jdbc.queryForList(
                    "select concat(installed_rank, ' ', script, ' ', installed_on) from " + table
                            + " order by installed_rank",
                    String.class));
        }
        return all;
    }

    private boolean isThere(String table) {
        try {
            rows(table);
            return true;
        } catch (DataAccessException e) {
            return false;
        }
    }
}
