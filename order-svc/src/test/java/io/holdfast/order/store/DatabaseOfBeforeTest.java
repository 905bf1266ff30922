package io.holdfast.order.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The tables of the fence have numbers below those of a service's own, and Flyway takes none that is below the last one of a database:
 * what is added to them later comes as a repeatable migration.
 */
class DatabaseOfBeforeTest {

    private final TestSchema schema = TestDatabase.mariaDb().newSchema("orders");
    private final JdbcTemplate jdbc =
            new JdbcTemplate(new DriverManagerDataSource(schema.url(), schema.user(), schema.password()));

    @Test
    void a_database_from_before_schemas_had_an_identity_is_migrated_and_keeps_its_data() {
        asItWas().migrate();
        assertThat(versions()).contains("0.1", "0.3", "6").doesNotContainNull();
        jdbc.update("""
                insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                values ('10.0.0.1:8091:1', 1, 'order.place', 1, utc_timestamp(3), utc_timestamp(3)),
                       ('10.0.0.1:8091:2', 2, 'order.place', 2, utc_timestamp(3), utc_timestamp(3))
                """);
        List<String> before = branches();

        asTheServiceDoes().load().migrate();

        String identity = identity();
        assertThat(identity).matches("[0-9a-f]{16}");
        assertThat(branches()).isEqualTo(before).hasSize(2);
        assertThat(asTheServiceDoes().load().migrate().migrationsExecuted)
                .as("at the next start")
                .isZero();
        assertThat(identity()).isEqualTo(identity);
    }

    @Test
    void a_new_database_gets_it_too() {
        asTheServiceDoes().load().migrate();

        assertThat(identity()).matches("[0-9a-f]{16}");
    }

    /** Up to the last migration of before, and with no repeatable one. */
    private Flyway asItWas() {
        return asTheServiceDoes()
                .target("6")
                .repeatableSqlMigrationPrefix("NONE")
                .load();
    }

    /** With the locations of application.yml, and Flyway's defaults. */
    private FluentConfiguration asTheServiceDoes() {
        return Flyway.configure()
                .dataSource(schema.url(), schema.user(), schema.password())
                .locations("classpath:io/holdfast/tcc/sql/mysql/flyway", "classpath:db/migration");
    }

    private List<String> versions() {
        return Arrays.stream(asTheServiceDoes().load().info().applied())
                .map(MigrationInfo::getVersion)
                .map(version -> version == null ? null : version.getVersion())
                .toList();
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
