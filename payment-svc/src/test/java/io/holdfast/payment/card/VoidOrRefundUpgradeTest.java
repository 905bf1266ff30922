package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.StandInCoordinator.Database;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;

/** The service starts on a database of the version before, in which voids and refunds were due at a time of their own. */
@OnRealDatabase
@ContextConfiguration(initializers = VoidOrRefundUpgradeTest.VersionBefore.class)
@TestPropertySource(
        properties = {"holdfast.payment.void-or-refund.enabled=true", "holdfast.payment.void-or-refund.interval=100ms"})
class VoidOrRefundUpgradeTest {

    private final JdbcTemplate jdbc;

    VoidOrRefundUpgradeTest(@Autowired Database database) {
        this.jdbc = database.jdbc();
    }

    @Test
    void whatWasDueIsCarriedOutWhatWasDueLaterWaitsAndWhatWasSettledStays() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(records())
                .containsExactly("due NOTHING", "later DUE", "settled VOIDED"));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tasks()).containsExactly("later"));
        assertThat(jdbc.queryForObject(
                        "select count(*) from scheduled_tasks t join void_or_refund v on v.due_at = t.execution_time",
                        Integer.class))
                .as("as late as it was to be")
                .isEqualTo(1);
        assertThat(jdbc.queryForList("select attempts from void_or_refund order by charge_key", Integer.class))
                .satisfies(attempts -> assertThat(attempts.get(0)).isGreaterThan(2))
                .endsWith(5, 1);
        assertThat(jdbc.queryForList("select status from card_charge order by charge_key", String.class))
                .containsExactly("ABSENT", "INTENDED", "VOIDED");
    }

    private List<String> records() {
        return jdbc.queryForList(
                "select concat(charge_key, ' ', status) from void_or_refund order by charge_key", String.class);
    }

    private List<String> tasks() {
        return jdbc.queryForList("select task_instance from scheduled_tasks order by task_instance", String.class);
    }

    /** A schema of the version before, with data. */
    static class VersionBefore extends OnRealDatabase.Schema {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            super.initialize(context);
            Environment environment = context.getEnvironment();
            DriverManagerDataSource database = new DriverManagerDataSource(
                    environment.getRequiredProperty("HOLDFAST_DB_URL"),
                    environment.getRequiredProperty("HOLDFAST_DB_USER"),
                    environment.getRequiredProperty("HOLDFAST_DB_PASSWORD"));
            Flyway.configure()
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .target("5")
                    .load()
                    .migrate();
            JdbcTemplate jdbc = new JdbcTemplate(database);
            charge(jdbc, "due", "INTENDED", null);
            charge(jdbc, "later", "INTENDED", null);
            charge(jdbc, "settled", "VOIDED", "ch_1");
            jdbc.update("""
                    insert into void_or_refund (charge_key, status, attempts, refusals, due_at, created_at, settled_at) values
                    ('due', 'DUE', 2, 0, utc_timestamp(3) - interval 1 minute, utc_timestamp(3) - interval 1 hour, null),
                    ('later', 'DUE', 5, 0, utc_timestamp(3) + interval 1 hour, utc_timestamp(3) - interval 1 hour, null),
                    ('settled', 'VOIDED', 1, 0, null, utc_timestamp(3) - interval 1 hour, utc_timestamp(3))
                    """);
        }

        private static void charge(JdbcTemplate jdbc, String key, String status, String gatewayId) {
            jdbc.update("""
                    insert into card_charge (xid, branch_id, order_id, charge_key, amount, currency, card_fingerprint, status,
                        gateway_id, created_at, changed_at)
                    values ('before', 1, ?, ?, 1999, 'CNY', repeat('0', 64), ?, ?, utc_timestamp(3), utc_timestamp(3))
                    """, "order-" + key, key, status, gatewayId);
        }
    }
}
