package io.holdfast.tcc.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every script, run on a real database. One subclass for each. */
abstract class SqlScriptsTest {

    static final String XID = "10.0.0.1:8091:3423423423423423";
    private static final LocalDateTime CREATED = LocalDateTime.parse("2026-01-02T03:04:05.678");
    private static final LocalDateTime MODIFIED = LocalDateTime.parse("2026-01-02T03:04:06.789");

    private TestSchema schema;

    abstract TestDatabase database();

    /** The fence table as the scripts of Seata 1.5 to 2.x make it. */
    abstract String tableOfSeata();

    /** Queries that together tell all that distinguishes one {@code tcc_fence_log} from another. */
    abstract List<String> structureOfFenceTable();

    @BeforeEach
    void createSchema() {
        schema = database().newSchema("scripts");
    }

    // The fence table

    @Test
    void the_fence_script_is_the_flyway_migration_of_the_fence_its_operations_and_the_identity_of_the_schema()
            throws IOException {
        assertThat(script("fence.sql"))
                .isEqualTo(script("schema/V0_1__tcc_fence_log.sql") + "\n" + script("audit_operations.sql") + "\n"
                        + script("schema_identity.sql"));
    }

    @Test
    void the_flyway_migration_of_the_operations_is_their_script() throws IOException {
        assertThat(script("schema/R__tcc_audit_operations.sql")).isEqualTo(script("audit_operations.sql"));
    }

    @Test
    void the_operations_of_a_fence_of_before_are_widened_beside_its_rows_and_may_be_so_again() throws SQLException {
        schema.runScript("schema/V0_1__tcc_fence_log.sql");
        String insert = "insert into tcc_audit (happened_at, who, operation, reason)"
                + " values ('2026-01-02 03:04:05', 'ada', ?, 'why')";
        update(insert, "PAUSE");
        assertThatThrownBy(() -> update(insert, "ORPHAN_CANCEL")).hasMessageContaining("tcc_audit_operation");

        schema.runScript("audit_operations.sql");
        schema.runScript("audit_operations.sql");

        for (String operation : List.of("ORPHAN_CONFIRM", "ORPHAN_CANCEL", "ORPHAN_LEFT")) {
            update(insert, operation);
        }
        assertThat(query("select operation from tcc_audit order by id"))
                .containsExactly("PAUSE", "ORPHAN_CONFIRM", "ORPHAN_CANCEL", "ORPHAN_LEFT");
        assertThatThrownBy(() -> update(insert, "ORPHAN")).hasMessageContaining("tcc_audit_operation");
    }

    /**
     * Repeatable, so without a number: databases that have had a V1 of their service's are migrated too, where Flyway would not
     * take a V0_4.
     */
    @Test
    void the_flyway_migration_of_the_identity_is_its_script() throws IOException {
        assertThat(script("schema/R__tcc_schema_identity.sql")).isEqualTo(script("schema_identity.sql"));
    }

    @Test
    void each_schema_has_an_identity_of_its_own() throws SQLException {
        List<String> identities = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            schema = database().newSchema("scripts");
            schema.runScript("fence.sql");
            identities.addAll(query("select schema_id from tcc_schema_identity"));
        }

        assertThat(identities).hasSize(3).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{16}"));
    }

    @Test
    void the_identity_script_may_be_run_again_beside_a_fence_of_before_and_keeps_the_identity() throws SQLException {
        schema.runScript("schema/V0_1__tcc_fence_log.sql");
        insertFenceRow(XID, 1, 1);
        schema.runScript("schema_identity.sql");
        List<String> before = query("select only_row, schema_id, made_at from tcc_schema_identity");

        schema.runScript("schema_identity.sql");

        assertThat(query("select only_row, schema_id, made_at from tcc_schema_identity"))
                .isEqualTo(before)
                .hasSize(1);
        assertThat(query("select xid, status from tcc_fence_log")).containsExactly(row(XID, 1));
    }

    @Test
    void a_schema_takes_no_second_identity_and_none_of_another_length() throws SQLException {
        schema.runScript("schema_identity.sql");
        String insert = "insert into tcc_schema_identity (only_row, schema_id, made_at) values (%d, ?, '2026-01-01')";

        assertThatThrownBy(() -> update(insert.formatted(1), "0123456789abcdef"))
                .satisfies(failure ->
                        assertThat(((SQLException) failure).getSQLState()).startsWith("23"));
        assertThatThrownBy(() -> update(insert.formatted(2), "0123456789abcdef"))
                .hasMessageContaining("tcc_schema_identity_only_row");
        assertThatThrownBy(() -> update("update tcc_schema_identity set schema_id = ?", "short"))
                .hasMessageContaining("tcc_schema_identity_length");
    }

    @Test
    void a_row_that_names_only_the_columns_of_seata_starts_with_no_attempts() throws SQLException {
        schema.runScript("fence.sql");

        insertFenceRow(XID, 1, 1);

        assertThat(query("select xid, branch_id, action_name, status, attempts, next_attempt_at, last_error, context"
                        + " from tcc_fence_log"))
                .containsExactly(row(XID, 1, "stock.reserve", 1, 0, null, null, null));
    }

    @Test
    void times_keep_their_milliseconds() throws SQLException {
        schema.runScript("fence.sql");

        insertFenceRow(XID, 1, 1);

        assertThat(times("select gmt_create, gmt_modified from tcc_fence_log")).containsExactly(CREATED, MODIFIED);
    }

    @Test
    void the_fence_script_does_not_pass_over_a_table_that_is_there() throws SQLException {
        schema.run(tableOfSeata());

        assertThatThrownBy(() -> schema.runScript("fence.sql"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("tcc_fence_log")
                .hasMessageContaining("already exists");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void every_status_of_the_fence_is_accepted(int status) throws SQLException {
        schema.runScript("fence.sql");

        insertFenceRow(XID, 1, status);

        assertThat(query("select status from tcc_fence_log")).containsExactly(row(status));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7, 9})
    void any_other_status_is_refused(int status) throws SQLException {
        schema.runScript("fence.sql");

        assertThatThrownBy(() -> insertFenceRow(XID, 1, status))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("tcc_fence_log_status");
    }

    @Test
    void a_negative_count_of_attempts_is_refused() throws SQLException {
        schema.runScript("fence.sql");
        insertFenceRow(XID, 1, 1);

        assertThatThrownBy(() -> schema.run("update tcc_fence_log set attempts = -1"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("tcc_fence_log_attempts");
    }

    @Test
    void a_second_row_for_the_same_branch_is_refused_whatever_its_status() throws SQLException {
        schema.runScript("fence.sql");
        insertFenceRow(XID, 1, 1);

        assertThatThrownBy(() -> insertFenceRow(XID, 1, 4))
                .isInstanceOf(SQLException.class)
                .satisfies(failure ->
                        assertThat(((SQLException) failure).getSQLState()).startsWith("23"));
        insertFenceRow(XID, 2, 1);
        insertFenceRow(XID + "4", 1, 1);
        assertThat(query("select count(*) from tcc_fence_log")).containsExactly(row(3));
    }

    @Test
    void xids_that_differ_only_in_case_are_two_branches() throws SQLException {
        schema.runScript("fence.sql");

        insertFenceRow("fe80::A:8091:1", 1, 1);
        insertFenceRow("fe80::a:8091:1", 1, 1);

        assertThat(query("select xid from tcc_fence_log where xid = 'fe80::a:8091:1'"))
                .containsExactly(row("fe80::a:8091:1"));
    }

    @Test
    void the_last_error_takes_a_thousand_characters_of_any_script_and_not_one_more() throws SQLException {
        schema.runScript("fence.sql");
        insertFenceRow(XID, 1, 1);

        update("update tcc_fence_log set last_error = ?", "\uD83D\uDD12".repeat(1000));

        assertThat(query("select char_length(last_error) from tcc_fence_log")).containsExactly(row(1000));
        assertThatThrownBy(() -> update("update tcc_fence_log set last_error = ?", "x".repeat(1001)))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void what_is_due_is_decided_and_can_be_found_and_made_again() throws SQLException {
        schema.runScript("fence.sql");
        insertFenceRow(XID, 1, 1);
        String due = "next_attempt_at = '2026-01-02 03:04:05'";
        String decided = "decision = 1, decided_at = '2026-01-02 03:04:05', context = '{}'";

        for (String incomplete : List.of(due, "lane = 1", due + ", " + decided, due + ", lane = 1")) {
            assertThatThrownBy(() -> schema.run("update tcc_fence_log set " + incomplete))
                    .as(incomplete)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("tcc_fence_log_schedule");
        }
        schema.run("update tcc_fence_log set lane = 1, " + due + ", " + decided);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void an_unknown_decision_is_refused(int decision) throws SQLException {
        schema.runScript("fence.sql");
        insertFenceRow(XID, 1, 1);

        assertThatThrownBy(() -> schema.run("update tcc_fence_log set decision = " + decision))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("tcc_fence_log_decision");
    }

    @Test
    void an_audit_row_needs_its_reason_and_numbers_itself() throws SQLException {
        schema.runScript("fence.sql");
        String insert = "insert into tcc_audit (happened_at, who, operation, reason)"
                + " values ('2026-01-02 03:04:05', 'ada', 'RESOLVE', %s)";

        schema.run(insert.formatted("'paid by hand'"));
        schema.run(insert.formatted("'paid by hand'"));

        assertThat(query("select count(distinct id) from tcc_audit")).containsExactly(row(2));
        assertThatThrownBy(() -> schema.run(insert.formatted("null"))).isInstanceOf(SQLException.class);
    }

    @Test
    void a_failed_attempt_is_written_once_by_its_number_and_the_last_one_of_a_parked_branch_is_followed_by_none()
            throws SQLException {
        schema.runScript("fence.sql");
        String insert = "insert into tcc_attempt (xid, branch_id, number, operation, started_at, ended_at, error,"
                + " next_due_at, instance) values ('" + XID + "', 1, %d, '%s', '2026-01-02 03:04:05.678',"
                + " '2026-01-02 03:04:06.789', ?, null, 'stock-svc-1')";

        update(insert.formatted(1, "CONFIRM"), "\uD83D\uDD12".repeat(1000));
        update(insert.formatted(2, "GIVE_UP"), "no");

        assertThat(query("select number, char_length(error), next_due_at from tcc_attempt order by number"))
                .containsExactly(row(1, 1000, null), row(2, 2, null));
        assertThat(times("select started_at, ended_at from tcc_attempt where number = 1"))
                .containsExactly(CREATED, MODIFIED);
        assertThatThrownBy(() -> update(insert.formatted(2, "CONFIRM"), "twice"))
                .satisfies(failure ->
                        assertThat(((SQLException) failure).getSQLState()).startsWith("23"));
        assertThatThrownBy(() -> update(insert.formatted(0, "CONFIRM"), "no"))
                .hasMessageContaining("tcc_attempt_number");
        assertThatThrownBy(() -> update(insert.formatted(3, "SELL"), "no"))
                .hasMessageContaining("tcc_attempt_operation");
    }

    @Test
    void rows_that_are_due_and_rows_that_are_old_are_found_by_index() throws SQLException {
        schema.runScript("fence.sql");

        assertThat(indexColumns("tcc_fence_log"))
                .contains("action_name,lane,next_attempt_at", "status,gmt_modified", "xid,branch_id");
    }

    // Taking over Seata's table

    @Test
    void the_upgrade_keeps_every_row_of_seata_and_counts_no_attempts() throws SQLException {
        schema.run(tableOfSeata());
        for (int status = 1; status <= 4; status++) {
            insertFenceRow(XID, status, status);
        }
        String ofSeata = "select xid, branch_id, action_name, status from tcc_fence_log order by branch_id";
        String times = "select gmt_create, gmt_modified from tcc_fence_log order by branch_id";
        List<String> rowsBefore = query(ofSeata);
        List<LocalDateTime> timesBefore = times(times);

        schema.runScript("upgrade-from-seata.sql");

        assertThat(rowsBefore).hasSize(4);
        assertThat(query(ofSeata)).isEqualTo(rowsBefore);
        assertThat(times(times)).isEqualTo(timesBefore);
        assertThat(query("select distinct attempts, next_attempt_at, last_error, context, decision, lane"
                        + " from tcc_fence_log"))
                .containsExactly(row(0, null, null, null, null, null));
    }

    @Test
    void an_upgraded_table_is_the_same_as_a_new_one() throws SQLException {
        TestSchema upgraded = schema;
        upgraded.run(tableOfSeata());
        insertFenceRow(XID, 1, 1);
        List<String> before = structure();
        upgraded.runScript("upgrade-from-seata.sql");
        List<String> after = structure();

        schema = database().newSchema("scripts");
        schema.runScript("fence.sql");

        assertThat(after).isEqualTo(structure()).isNotEqualTo(before);
        assertThat(String.join("\n", after))
                .contains("attempts", "tcc_fence_log_due", "tcc_fence_log_status")
                .doesNotContain("idx_status");
    }

    @Test
    void an_instance_that_still_runs_the_fence_of_seata_can_work_on_the_upgraded_table() throws SQLException {
        schema.run(tableOfSeata());
        insertFenceRow(XID, 1, 1);
        schema.runScript("upgrade-from-seata.sql");

        insertFenceRow(XID, 2, 4);
        assertThat(update("update tcc_fence_log set status = 2 where xid = ? and branch_id = 1 and status = 1", XID))
                .isEqualTo(1);

        assertThat(query("select branch_id, status from tcc_fence_log order by branch_id"))
                .containsExactly(row(1, 2), row(2, 4));
    }

    @Test
    void the_upgrade_stops_at_a_row_that_it_does_not_understand_and_leaves_it_as_it_is() throws SQLException {
        schema.run(tableOfSeata());
        insertFenceRow(XID, 1, 9);

        assertThatThrownBy(() -> schema.runScript("upgrade-from-seata.sql"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("tcc_fence_log_status");

        assertThat(query("select xid, branch_id, action_name, status from tcc_fence_log"))
                .containsExactly(row(XID, 1, "stock.reserve", 9));
    }

    // The coordinator

    @Test
    void the_coordinator_script_may_be_run_again_and_takes_no_lock_away() throws SQLException {
        schema.runScript("coordinator.sql");
        schema.run("update distributed_lock set lock_value = '127.0.0.2:8091', expire = 42"
                + " where lock_key = 'RetryCommitting'");
        schema.run("insert into global_table (xid, transaction_id, status) values ('" + XID + "', 1, 2)");

        schema.runScript("coordinator.sql");

        assertThat(query("select lock_key, trim(lock_value), expire from distributed_lock order by lock_key"))
                .containsExactly(
                        row("AsyncCommitting", "", 0),
                        row("RetryCommitting", "127.0.0.2:8091", 42),
                        row("RetryRollbacking", "", 0),
                        row("TxTimeoutCheck", "", 0),
                        row("UndologDelete", "", 0));
        assertThat(query("select xid from global_table")).containsExactly(row(XID));
    }

    @Test
    void the_coordinator_finds_every_column_that_it_names() throws SQLException {
        schema.runScript("coordinator.sql");

        // The column lists are those of the statements of TC 2.0.0.
        assertThat(query("select xid, transaction_id, status, application_id, transaction_service_group,"
                        + " transaction_name, timeout, begin_time, application_data, gmt_create, gmt_modified"
                        + " from global_table where status in (0, 2, 3) order by gmt_modified limit 10"))
                .isEmpty();
        assertThat(query("select xid, transaction_id, branch_id, resource_group_id, resource_id, branch_type, status,"
                        + " client_id, application_data, gmt_create, gmt_modified from branch_table where xid in ('x')"
                        + " order by gmt_create asc"))
                .isEmpty();
        assertThat(query("select xid, transaction_id, branch_id, resource_id, table_name, pk, row_key, gmt_create,"
                        + " gmt_modified, status from lock_table where row_key in ('x') order by status desc"))
                .isEmpty();
        assertThat(query("select lock_key, lock_value, expire from distributed_lock where lock_key = 'x' for update"))
                .isEmpty();
        assertThat(indexColumns("global_table")).contains("xid", "status,gmt_modified", "transaction_id");
        assertThat(indexColumns("branch_table")).contains("branch_id", "xid");
        assertThat(indexColumns("lock_table")).contains("row_key", "branch_id", "xid", "status");
    }

    @Test
    void branches_registered_within_one_millisecond_keep_their_order_and_a_long_context() throws SQLException {
        schema.runScript("coordinator.sql");
        String insert = "insert into branch_table (branch_id, xid, transaction_id, application_data, gmt_create)"
                + " values (%d, '" + XID + "', 1, ?, '2026-01-02 03:04:05.%s')";

        update(insert.formatted(1, "000002"), "长".repeat(8000));
        update(insert.formatted(2, "000001"), "{}");

        assertThat(query("select branch_id from branch_table where xid = '" + XID + "' order by gmt_create asc"))
                .containsExactly(row(2), row(1));
    }

    // What the tests are made of

    private void insertFenceRow(String xid, long branchId, int status) throws SQLException {
        try (Connection connection = schema.connect();
                PreparedStatement insert = connection.prepareStatement("""
                        insert into tcc_fence_log (xid, branch_id, action_name, status, gmt_create, gmt_modified)
                        values (?, ?, 'stock.reserve', ?, ?, ?)
                        """)) {
            insert.setString(1, xid);
            insert.setLong(2, branchId);
            insert.setInt(3, status);
            insert.setObject(4, CREATED);
            insert.setObject(5, MODIFIED);
            insert.executeUpdate();
        }
    }

    private int update(String sql, String parameter) throws SQLException {
        try (Connection connection = schema.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            return statement.executeUpdate();
        }
    }

    private List<String> structure() throws SQLException {
        List<String> structure = new ArrayList<>();
        for (String query : structureOfFenceTable()) {
            structure.addAll(query(query));
        }
        return structure;
    }

    private List<String> query(String sql) throws SQLException {
        try (Connection connection = schema.connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                Object[] values = new Object[rows.getMetaData().getColumnCount()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = rows.getString(i + 1);
                }
                found.add(row(values));
            }
            return found;
        }
    }

    private List<LocalDateTime> times(String sql) throws SQLException {
        try (Connection connection = schema.connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            List<LocalDateTime> found = new ArrayList<>();
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    found.add(rows.getObject(i, LocalDateTime.class));
                }
            }
            return found;
        }
    }

    /** The columns of each index, in their order. */
    private List<String> indexColumns(String table) throws SQLException {
        try (Connection connection = schema.connect();
                ResultSet rows = connection
                        .getMetaData()
                        .getIndexInfo(connection.getCatalog(), connection.getSchema(), table, false, false)) {
            var columns = new java.util.TreeMap<String, String>();
            while (rows.next()) {
                columns.merge(
                        rows.getString("INDEX_NAME"), rows.getString("COLUMN_NAME"), (one, next) -> one + "," + next);
            }
            return List.copyOf(columns.values());
        }
    }

    private static String row(Object... values) {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(String.valueOf(value));
        }
        return String.join(" | ", texts);
    }

    private String script(String name) throws IOException {
        String resource = "/io/holdfast/tcc/sql/" + schema.folder() + "/" + name;
        try (InputStream in = SqlScriptsTest.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
