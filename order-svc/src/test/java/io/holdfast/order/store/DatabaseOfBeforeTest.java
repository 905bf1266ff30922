package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.message.LocalMessageAutoConfiguration;
import io.holdfast.migrations.LibraryMigrationsAutoConfiguration;
import io.holdfast.reconciliation.ReconciliationAutoConfiguration;
import io.holdfast.tcc.autoconfigure.TccAutoConfiguration;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Up to version 1.0 the tables of the libraries stood in the service's own history, with numbers below the service's first
 * one. Now each library has a history of its own.
 */
class DatabaseOfBeforeTest {

    /** Kept once, where the libraries' own tests need it. */
    private static final String LIBRARIES_OF_BEFORE =
            "filesystem:../libraries/migrations/src/test/resources/before/mysql";

    private final TestSchema schema = TestDatabase.mariaDb().newSchema("orders");
    private final JdbcTemplate jdbc =
            new JdbcTemplate(new DriverManagerDataSource(schema.url(), schema.user(), schema.password()));

    @Test
    void a_database_from_before_schemas_had_an_identity_is_migrated_and_keeps_its_data() {
        // Up to the last migration of then, and with no repeatable one.
        asItWas().target("6").repeatableSqlMigrationPrefix("NONE").load().migrate();
        assertThat(versions("flyway_schema_history"))
                .contains("0.1", "0.3", "6")
                .doesNotContainNull();
        insertBranches();
        List<String> before = branches();

        start();

        String identity = identity();
        assertThat(identity).matches("[0-9a-f]{16}");
        assertThat(branches()).isEqualTo(before).hasSize(2);
        int migrated = countMigrations();
        start();
        assertThat(countMigrations()).as("at the next start").isEqualTo(migrated);
        assertThat(identity()).isEqualTo(identity);
    }

    @Test
    void a_database_of_version_1_0_is_taken_over_by_the_histories_of_the_libraries() {
        asItWas().load().migrate();
        insertBranches();
        jdbc.update("""
                insert into local_message
                    (id, topic, message_key, payload, status, due_at, created_at, modified_at)
                values ('m-1', 'stock.release', 'o-1', '{}', 'NEW', utc_timestamp(3), utc_timestamp(3), utc_timestamp(3))
                """);
        jdbc.update("""
                insert into processed_message (message_id, consumer, result, processed_at)
                values ('m-0', 'refunds', '{}', utc_timestamp(3))
                """);
        jdbc.update("""
                insert into reconciliation_finding
                    (check_name, subject, state, detail, first_seen, last_seen, times_seen)
                values ('orders-end', 'o-1', 'OPEN', 'too old', utc_timestamp(3), utc_timestamp(3), 2)
                """);
        List<String> before = branches();
        String identity = identity();
        List<String> history = versions("flyway_schema_history");

        start();

        assertThat(branches()).isEqualTo(before).hasSize(2);
        assertThat(identity()).isEqualTo(identity);
        assertThat(jdbc.queryForList("select id from local_message", String.class))
                .containsExactly("m-1");
        assertThat(jdbc.queryForList("select message_id from processed_message", String.class))
                .containsExactly("m-0");
        assertThat(jdbc.queryForList("select subject from reconciliation_finding", String.class))
                .containsExactly("o-1");
        assertThat(versions("flyway_schema_history")).containsExactlyElementsOf(history);
        assertThat(versions("tcc_history")).containsExactly("0.1");
        assertThat(versions("local_message_history")).containsExactly("0", "1");
        assertThat(versions("reconciliation_history")).containsExactly("0", "1");
        assertThat(asItWas().load().migrate().migrationsExecuted)
                .as("an instance of the version before can still start")
                .isZero();
    }

    @Test
    void a_new_database_gets_it_too() {
        start();

        assertThat(identity()).matches("[0-9a-f]{16}");
        assertThat(versions("flyway_schema_history")).doesNotContain("0.1");
        assertThat(versions("tcc_history")).containsExactly("0", "0.1");
    }

    /** What the service does when it starts, without what needs the other parts of the platform. */
    private void start() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        FlywayAutoConfiguration.class,
                        LibraryMigrationsAutoConfiguration.class,
                        TccAutoConfiguration.class,
                        LocalMessageAutoConfiguration.class,
                        ReconciliationAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + schema.url(),
                        "spring.datasource.username=" + schema.user(),
                        "spring.datasource.password=" + schema.password(),
                        "seata.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** With the locations that application.yml had, and Flyway's defaults. */
    private FluentConfiguration asItWas() {
        return Flyway.configure()
                .dataSource(schema.url(), schema.user(), schema.password())
                .locations(LIBRARIES_OF_BEFORE, "classpath:db/migration");
    }

    private void insertBranches() {
        jdbc.update("""
                insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                values ('10.0.0.1:8091:1', 1, 'order.place', 1, utc_timestamp(3), utc_timestamp(3)),
                       ('10.0.0.1:8091:2', 2, 'order.place', 2, utc_timestamp(3), utc_timestamp(3))
                """);
    }

    private List<String> versions(String history) {
        return jdbc.queryForList(
                "select version from " + history + " where version is not null order by installed_rank", String.class);
    }

    private int countMigrations() {
        return jdbc.queryForObject("""
                select (select count(*) from flyway_schema_history) + (select count(*) from tcc_history)
                    + (select count(*) from local_message_history) + (select count(*) from reconciliation_history)
                """, Integer.class);
    }

    private List<String> branches() {
        return jdbc.queryForList(
                "select concat_ws(' ', xid, branch_id, action_name, status, gmt_create) from tcc_fence_log order by branch_id",
                String.class);
    }

    private String identity() {
        return jdbc.queryForObject("select schema_id from tcc_schema_identity", String.class);
    }
}
