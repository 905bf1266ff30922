package io.holdfast.payment.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.OnRealDatabase;
import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.ReconciliationOperations;
import io.holdfast.reconciliation.SqlCheck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The sums over all accounts, deposits and payments. */
@OnRealDatabase
class SumsOfMoneyTest {

    private final ReconciliationOperations reconciliation;
    private final List<Check> checks;
    private final JdbcTemplate jdbc;

    SumsOfMoneyTest(
            @Autowired ReconciliationOperations reconciliation,
            @Autowired List<Check> checks,
            @Autowired DataSourceProperties database) {
        this.reconciliation = reconciliation;
        this.checks = checks;
        // Not the service's pool: its connections commit nothing by themselves.
        this.jdbc = new JdbcTemplate(
                new DriverManagerDataSource(database.getUrl(), database.getUsername(), database.getPassword()));
    }

    @Test
    void moneyThatNobodyPaidInOrOutIsFound() {
        jdbc.update("insert into account values ('sums-ann', 'CNY', 70, 10, 20, 40), ('sums-ben', 'CNY', 5, 5, 0, 0)");
        jdbc.update("insert into deposit values ('sums-key', 'sums-ann', 70, 'CNY', utc_timestamp(3))");
        pay("open", "OPEN", 20);
        pay("captured", "CAPTURED", 30);

        assertThat(lookTwice())
                .containsExactlyInAnyOrder(
                        "account-deposits sums-ben deposited 5, deposits 0",
                        "account-payments sums-ann frozen 20, in payments 20; spent 40, in payments 30");

        pay("captured too", "CAPTURED", 10);
        jdbc.update("insert into deposit values ('sums-key-2', 'sums-ben', 5, 'CNY', utc_timestamp(3))");
        assertThat(lookTwice()).isEmpty();
    }

    @Test
    void noCheckReadsATableAnewForEachRowOfAnother() {
        jdbc.update("insert into account select concat('plan-', seq), 'CNY', 1, 1, 0, 0 from seq_1_to_2000");
        jdbc.update("""
                insert into deposit select concat('plan-', seq), concat('plan-', seq), 1, 'CNY', utc_timestamp(3)
                from seq_1_to_2000""");
        jdbc.update("""
                insert into payment (xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at, decided_at)
                select 'plan', 1, seq, concat('plan-', seq), 1, 'CNY', 'WALLET', 'RELEASED', utc_timestamp(3), utc_timestamp(3)
                from seq_1_to_2000""");
        jdbc.execute("analyze table account, deposit, payment, tcc_fence_log, void_or_refund");

        List<SqlCheck> inSql = checks.stream()
                .filter(SqlCheck.class::isInstance)
                .map(SqlCheck.class::cast)
                .toList();
        assertThat(inSql).hasSizeGreaterThanOrEqualTo(5);
        assertThat(inSql)
                .allSatisfy(check -> assertThat(plan(check)).as(check.name()).noneSatisfy(step -> assertThat(step)
                        .contains("join buffer")));
    }

    private List<String> plan(SqlCheck check) {
        return jdbc.query(
                "explain " + check.breaches().replace(":most", "200").replace(":before", "utc_timestamp(3)"),
                (row, n) -> row.getString("table") + " " + row.getString("type") + " " + row.getString("Extra"));
    }

    private void pay(String order, String status, long amount) {
        jdbc.update("""
                insert into payment (xid, branch_id, order_id, buyer_id, amount, currency, method, status, created_at, decided_at)
                values ('sums', 1, ?, 'sums-ann', ?, 'CNY', 'WALLET', ?, utc_timestamp(3), if(? = 'OPEN', null, utc_timestamp(3)))
                """, order, amount, status, status);
    }

    private List<String> lookTwice() {
        reconciliation.runNow("a test", "it wants to know");
        reconciliation.runNow("a test", "it wants to know");
        return reconciliation.findings(FindingState.OPEN, 1_000).stream()
                .filter(finding -> finding.subject().startsWith("sums-"))
                .map(finding -> finding.check() + " " + finding.subject() + " " + finding.detail())
                .toList();
    }
}
