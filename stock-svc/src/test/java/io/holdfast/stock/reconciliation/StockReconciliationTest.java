package io.holdfast.stock.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.reconciliation.Check;
import io.holdfast.reconciliation.CheckRun.Outcome;
import io.holdfast.reconciliation.CheckState;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.KnownFinding;
import io.holdfast.reconciliation.ReconciliationOperations;
import io.holdfast.reconciliation.SqlCheck;
import io.holdfast.stock.Branches;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.OnRealDatabase;
import io.holdfast.stock.StockTables;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.QueryTimeoutException;

/** What the checks of the stock find, and what they take for healthy. */
@OnRealDatabase
class StockReconciliationTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final ReconciliationOperations reconciliation;
    private final Branches.Factory branches;
    private final StockTables tables;
    private final int number = NUMBERS.incrementAndGet();
    private final String sku = "sku-reconciled-" + number;
    private final String order = "order-reconciled-" + number;

    StockReconciliationTest(
            @Autowired ReconciliationOperations reconciliation,
            @Autowired Branches.Factory branches,
            @Autowired StockTables tables) {
        this.reconciliation = reconciliation;
        this.branches = branches;
        this.tables = tables;
        tables.put(sku, 10);
        tables.jdbc.update("insert into receipt values (?, ?, 10, utc_timestamp(3))", "key-" + sku, sku);
    }

    @Test
    void whatIsReservedAndSoldAsItShouldBeIsNoFinding() {
        Branch sold = reserve(2);
        sold.sell();
        reserve("second-" + order, 3);

        look();
        look();

        assertThat(findings(sku)).isEmpty();
        assertThat(findings(order)).isEmpty();
        assertThat(reconciliation.checks())
                .allSatisfy(check -> assertThat(check.last().outcome()).isEqualTo(Outcome.COMPLETED));
    }

    @Test
    void noCheckReadsATableAnewForEachRowOfAnother(@Autowired List<Check> checks) {
        tables.jdbc.update("insert into stock select concat(?, seq), 0, 0, 0, 0 from seq_1_to_2000", sku + "-");
        tables.jdbc.update("""
                insert into reservation (xid, branch_id, order_id, sku, quantity, status, created_at, decided_at)
                select ?, 1, concat(?, seq), concat(?, seq), 1, 'RELEASED', utc_timestamp(3), utc_timestamp(3)
                from seq_1_to_2000""", order, order, sku + "-");
        tables.jdbc.execute("analyze table stock, reservation, receipt, sale_quota");

        List<SqlCheck> inSql = checks.stream()
                .filter(SqlCheck.class::isInstance)
                .map(SqlCheck.class::cast)
                .toList();
        assertThat(inSql).hasSizeGreaterThanOrEqualTo(4);
        assertThat(inSql).allSatisfy(check -> assertThat(tables.explain(check.breaches()))
                .as(check.name())
                .noneSatisfy(step -> assertThat(step).contains("join buffer")));
    }

    @Test
    void aCheckThatTakesTooLongIsStoppedAtTheServerToo(@Autowired DataSource database) {
        String endless =
                "select 'x' as subject, concat(count(*), ' endless') as detail from seq_1_to_1000000 a, seq_1_to_1000000 b";
        SqlCheck check = new SqlCheck(
                "endless",
                "I1",
                "is never known",
                Duration.ZERO,
                Duration.ZERO,
                endless,
                database,
                Clock.systemUTC(),
                Duration.ofSeconds(1));

        assertThatThrownBy(() -> check.run(new CheckState("", List.of()))).isInstanceOf(QueryTimeoutException.class);
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(tables.jdbc.queryForList(
                        "select info from information_schema.processlist where info like '%seq_1_to_1000000 a%'"
                                + " and id <> connection_id()"))
                .isEmpty());
    }

    /** The row is written by the starter, in the transaction in which it decides. */
    @Test
    void anOrphanedBranchIsAFindingAtOnceAndForADay() {
        String xid = "10.0.0.1:8091:" + number;
        tables.jdbc.update("""
                insert into tcc_audit (happened_at, who, operation, action_name, xid, branch_id, status_before, status_after,
                    reason)
                values (utc_timestamp(3), 'stock-svc-1', 'ORPHAN_CANCEL', 'stock.reserve', ?, 7, 'TRIED', 'TRIED', 'Finished')
                """, xid);

        look();
        assertThat(findings(xid + "/7")).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("orphaned-branches");
            assertThat(finding.detail()).contains("ORPHAN_CANCEL of stock.reserve", "stock-svc-1", "Finished");
        });

        tables.jdbc.update("update tcc_audit set happened_at = utc_timestamp(3) - interval 25 hour where xid = ?", xid);
        look();
        assertThat(findings(xid + "/7")).isEmpty();
    }

    @Test
    void goodsThatAreNowhereAreFoundAndTheFindingEndsWithThem() {
        planted("update stock set available = available - 1 where sku = ?");
        look();
        assertThat(findings(sku)).isEmpty();

        look();
        assertThat(findings(sku)).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("stock-parts");
            assertThat(finding.detail()).isEqualTo("received 10, available 9, reserved 0, sold 0");
        });

        planted("update stock set available = available + 1 where sku = ?");
        look();
        assertThat(findings(sku)).isEmpty();
    }

    @Test
    void goodsThatNobodyReceivedAreFound() {
        tables.jdbc.update("update stock set received = received + 1, available = available + 1 where sku = ?", sku);
        look();
        look();

        assertThat(findings(sku)).extracting(KnownFinding::check).containsExactly("stock-receipts");
    }

    @Test
    void goodsThatAreSoldToNobodyAreFound() {
        reserve(2);
        tables.jdbc.update("update stock set reserved = reserved - 1, sold = sold + 1 where sku = ?", sku);
        look();
        look();

        assertThat(findings(sku)).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("stock-reservations");
            assertThat(finding.detail()).isEqualTo("reserved 1, in reservations 2; sold 1, in reservations 0");
        });
        tables.jdbc.update("update stock set reserved = reserved + 1, sold = sold - 1 where sku = ?", sku);
    }

    @Test
    void goodsThatAreReservedForTooLongAreFoundByTheirOrderAndCountedByTheirAge() {
        reserve(2);
        long young = figure("younger than 1 min");
        tables.jdbc.update(
                "update reservation set created_at = created_at - interval 3 hour where order_id = ?", order);
        long older = figure("older");
        look();

        assertThat(findings(order)).singleElement().satisfies(finding -> assertThat(finding.check())
                .isEqualTo("reservations-by-age"));
        assertThat(young).isPositive();
        assertThat(older).isPositive();
    }

    @Test
    void goodsOfAParkedBranchWaitForAPersonAndAreOnlyCounted() {
        Branch branch = reserve(2);
        tables.jdbc.update(
                "update reservation set created_at = created_at - interval 3 hour where order_id = ?", order);
        tables.jdbc.update("update tcc_fence_log set status = 6 where xid = ?", branch.xid());

        assertThat(figure("parked")).isPositive();
        look();
        assertThat(findings(order)).isEmpty();
    }

    private Branch reserve(int quantity) {
        return reserve(order, quantity);
    }

    private Branch reserve(String orderId, int quantity) {
        Branch branch = branches.newBranch();
        branch.reserve(
                OrderLines.of(new OrderId(orderId), new TreeMap<>(Map.of(new Sku(sku), new Quantity(quantity)))));
        return branch;
    }

    /** Past the CHECK constraints, which would refuse it. */
    private void planted(String sql) {
        tables.jdbc.update("set statement check_constraint_checks = 0 for " + sql, sku);
    }

    private void look() {
        assertThat(reconciliation.runNow("a test", "it wants to know"))
                .isEqualTo(reconciliation.checks().size());
    }

    private long figure(String name) {
        look();
        return reconciliation.checks().stream()
                .filter(check -> check.name().equals("reservations-by-age"))
                .map(check -> check.last().figures())
                .findFirst()
                .orElseThrow()
                .get(name);
    }

    private List<KnownFinding> findings(String subject) {
        return reconciliation.findings(FindingState.OPEN, 1_000).stream()
                .filter(finding -> finding.subject().equals(subject))
                .toList();
    }
}
