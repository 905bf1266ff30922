package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.SKU;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.FenceBench.stockWith;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.fence.ActionContexts;
import io.holdfast.tcc.fence.FenceDialect;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceProperties.Isolation;
import io.holdfast.tcc.fence.FenceStatus;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.OtherSchemaException;
import io.holdfast.tcc.fence.SchemaIdentity;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.system.CapturedOutput;

/** Two services with one application id and different databases: the coordinator takes them for one. */
abstract class SchemaCases extends RetryCases {

    private static final String OTHER = "00000000deadbeef";

    @Test
    void a_confirm_of_a_branch_of_another_schema_is_refused_before_the_fence_is_touched() {
        String own = fence.schema().id();
        statements().clear();

        assertThatThrownBy(() -> confirm(OTHER))
                .isInstanceOf(OtherSchemaException.class)
                .hasMessageContaining(own)
                .hasMessageContaining(OTHER)
                .hasMessageContaining(XID);

        assertThat(statements()).isEmpty();
        assertThat(row()).isNull();
        assertCounted(Map.of());
    }

    @Test
    void a_cancel_of_a_branch_of_another_schema_is_refused_before_the_fence_is_touched() {
        tryReserve();
        statements().clear();

        assertThatThrownBy(() -> cancel(OTHER)).isInstanceOf(OtherSchemaException.class);

        assertThat(statements()).isEmpty();
        assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
        assertThat(effects()).containsExactly(TRY);
    }

    @Test
    void the_first_refusal_is_an_alarm_that_names_both_and_all_are_counted(CapturedOutput output) {
        for (int call = 0; call < 3; call++) {
            assertThatThrownBy(() -> confirm(OTHER)).isInstanceOf(OtherSchemaException.class);
        }

        assertThat(output.getOut().lines().filter(line -> line.contains("ALARM")))
                .singleElement()
                .asString()
                .contains(OTHER, fence.schema().id(), StockAction.NAME, XID, "seata.application-id");
        assertThat(bench.registry
                        .get(FenceMetrics.OTHER_SCHEMA)
                        .tags("schema", fence.schema().id(), "other", OTHER)
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void the_other_one_refuses_and_the_right_one_ends_the_branch_when_it_is_back() throws SQLException {
        tryReserve();
        String tried = fence.schema().id();
        try (FenceBench other = new FenceBench(database(), 2)) {
            Instance ofTheOther = other.fence();
            assertThat(ofTheOther.schema()).isNotEqualTo(fence.schema());

            assertThatThrownBy(() -> confirm(ofTheOther, tried)).isInstanceOf(OtherSchemaException.class);

            assertThat(other.rows("")).isEmpty();
        }
        Instance restarted = bench.fence();
        assertThat(confirm(restarted, tried)).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.stock()).isEqualTo(stockWith(0, QUANTITY));
    }

    @Test
    void with_its_own_identity_or_none_nothing_is_different() {
        String own = fence.schema().id();

        assertThat(cancel(own)).isTrue();
        assertThat(row().status()).isEqualTo(FenceStatus.SUSPENDED);
        assertThat(effects()).containsExactly(EMPTY_ROLLBACK);
        assertThat(bench.confirm(fence, XID, 43)).as("none").isTrue();
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.SUSPENDED);

        assertCounted(Map.of(FenceOutcome.EMPTY_ROLLBACK, 1L, FenceOutcome.CONFIRM_WITHOUT_TRY, 1L));
    }

    @Test
    void what_is_scheduled_here_is_attempted_from_its_row_whatever_the_row_bears() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        assertThat(confirm(fence.schema().id())).isFalse();
        tryReserve(43);
        assertThat(bench.confirm(fence, XID, 43)).isFalse();

        heal();
        attemptAfter(Duration.ofSeconds(1));

        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(bench.row(43).status()).isEqualTo(FenceStatus.COMMITTED);
    }

    @Test
    void an_identity_stays_over_a_restart() {
        assertThat(bench.fence().schema()).isEqualTo(fence.schema());
    }

    /** As a dump of the structure alone is restored. */
    @Test
    void instances_that_start_at_once_on_a_schema_without_an_identity_end_with_one() throws Exception {
        String before = fence.schema().id();
        bench.execute("delete from tcc_schema_identity");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> starts = new ArrayList<>();
            for (int n = 0; n < 8; n++) {
                starts.add(() -> SchemaIdentity.read(
                                bench.dataSource,
                                new FenceTransactions(bench.transactionManager, Isolation.READ_COMMITTED),
                                FenceDialect.of(bench.dataSource),
                                bench.clock)
                        .id());
            }
            List<String> identities = new ArrayList<>();
            for (Future<String> start : threads.invokeAll(starts)) {
                identities.add(start.get());
            }

            assertThat(identities).hasSize(8);
            assertThat(identities.stream().distinct()).singleElement().isNotEqualTo(before);
            assertThat(bench.jdbc.queryForObject("select schema_id from tcc_schema_identity", String.class))
                    .isEqualTo(identities.get(0));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_schema_without_the_table_stops_the_start_and_is_told_which_script_to_run() throws SQLException {
        try (FenceBench incomplete = new FenceBench(database(), 2)) {
            incomplete.execute("drop table tcc_schema_identity");

            assertThatThrownBy(incomplete::fence)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("tcc_schema_identity")
                    .hasMessageContaining("io/holdfast/tcc/sql/"
                            + FenceDialect.of(bench.dataSource).folder() + "/schema_identity.sql")
                    .hasMessageContaining("holdfast.migrations.enabled");
        }
    }

    @Test
    void what_the_coordinator_is_told_of_a_branch_bears_the_identity_and_all_that_it_had() {
        SchemaIdentity schema = new SchemaIdentity(OTHER);

        String told = ActionContexts.identified(
                "{\"actionContext\":{\"sku\":\"" + SKU + "\",\"quantity\":3,\"sys::commit\":\"sell\"},\"more\":1}",
                schema);

        assertThat(told)
                .contains(
                        "\"sku\":\"" + SKU + "\"",
                        "\"quantity\":3",
                        "\"sys::commit\":\"sell\"",
                        "\"more\":1",
                        "\"" + SchemaIdentity.KEY + "\":\"" + OTHER + "\"");
        assertThat(ActionContexts.schemaIn(told)).isEqualTo(OTHER);
        assertThat(ActionContexts.schemaIn(ActionContexts.identified("{}", schema)))
                .isEqualTo(OTHER);
    }

    private boolean confirm(String schema) {
        return confirm(fence, schema);
    }

    private boolean confirm(Instance instance, String schema) {
        return instance.commitFence(
                FenceBench.confirmMethod("sell"), bench.action, XID, BRANCH, new Object[] {contextOf(schema)});
    }

    private boolean cancel(String schema) {
        return fence.rollbackFence(
                FenceBench.confirmMethod("release"),
                bench.action,
                XID,
                BRANCH,
                new Object[] {contextOf(schema)},
                StockAction.NAME);
    }

    private static BusinessActionContext contextOf(String schema) {
        BusinessActionContext context = new BusinessActionContext(
                XID, Long.toString(BRANCH), new HashMap<>(Map.of(SchemaIdentity.KEY, schema)));
        context.setActionName(StockAction.NAME);
        return context;
    }
}
