package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The tables of local messages, on each database that they come for. */
abstract class LocalMessageSchemaAcceptance {

    static final String SCRIPT = "io/holdfast/message/schema/{database}/V1__local_message.sql";

    private static final LocalDateTime CREATED = LocalDateTime.parse("2026-01-02T03:04:05.678");
    private static final LocalDateTime MODIFIED = LocalDateTime.parse("2026-01-02T03:04:06.789");

    private TestSchema schema;
    private JdbcTemplate jdbc;

    abstract TestDatabase database();

    @BeforeEach
    void createTables() throws SQLException {
        schema = database().newSchema("scripts");
        jdbc = new JdbcTemplate(new DriverManagerDataSource(schema.url(), schema.user(), schema.password()));
        schema.runResource(SCRIPT);
    }

    @Test
    void a_message_is_processed_once_by_each_consumer() {
        String insert = "insert into processed_message values ('m-1', ?, '{}', current_timestamp)";

        jdbc.update(insert, "one");
        jdbc.update(insert, "another");

        assertThatThrownBy(() -> jdbc.update(insert, "one")).isInstanceOf(DataAccessException.class);
    }

    @Test
    void the_script_may_be_run_again_and_keeps_the_messages() throws SQLException {
        insertMessage("release-stock:o-1", "NEW", MODIFIED);

        schema.runResource(SCRIPT);

        Map<String, Object> message = jdbc.queryForMap(
                "select id, topic, message_key, payload, status, attempts, last_error from local_message");
        assertThat(message.values())
                .containsExactly("release-stock:o-1", "stock.release", "o-1", "{\"库存\":1}", "NEW", 0, null);
        assertThat(jdbc.queryForObject("select due_at from local_message", LocalDateTime.class))
                .isEqualTo(MODIFIED);
        assertThat(jdbc.queryForObject("select created_at from local_message", LocalDateTime.class))
                .isEqualTo(CREATED);
    }

    @Test
    void the_same_message_is_written_once() {
        insertMessage("m-1", "NEW", MODIFIED);

        assertThatThrownBy(() -> insertMessage("m-1", "NEW", MODIFIED)).isInstanceOf(DataAccessException.class);
    }

    @Test
    void a_message_is_due_as_long_as_it_is_open_and_only_then() {
        insertMessage("new", "NEW", MODIFIED);
        insertMessage("sent", "SENT", MODIFIED);
        insertMessage("confirmed", "CONFIRMED", null);
        insertMessage("failed", "FAILED", null);

        assertThatThrownBy(() -> insertMessage("forgotten", "SENT", null))
                .hasMessageContaining("local_message_due_while_open");
        assertThatThrownBy(() -> insertMessage("never-ending", "CONFIRMED", MODIFIED))
                .hasMessageContaining("local_message_due_while_open");
        assertThatThrownBy(() -> insertMessage("lost", "LOST", null)).isInstanceOf(DataAccessException.class);
        assertThat(jdbc.queryForObject("select count(*) from local_message", Integer.class))
                .isEqualTo(4);
    }

    @Test
    void a_message_that_no_broker_takes_by_default_is_refused() {
        insertMessage("m-1", "NEW", MODIFIED);

        assertThat(jdbc.update("update local_message set payload = ?", "x".repeat(65_535)))
                .isEqualTo(1);
        assertThatThrownBy(() -> jdbc.update("update local_message set payload = ?", "x".repeat(65_536)))
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void messages_that_are_due_or_old_are_found_by_index_and_move_in_one_when_they_are_sent() throws SQLException {
        assertThat(indexColumns()).containsExactlyInAnyOrder("status,due_at", "created_at", "id");
    }

    private void insertMessage(String id, String status, LocalDateTime dueAt) {
        jdbc.update("""
                insert into local_message
                    (id, topic, message_key, payload, status, due_at, created_at, modified_at)
                values (?, 'stock.release', 'o-1', '{"库存":1}', ?, ?, ?, ?)
                """, id, status, dueAt, CREATED, CREATED);
    }

    /** The columns of each index, in their order. */
    private List<String> indexColumns() throws SQLException {
        try (Connection connection = schema.connect();
                ResultSet rows = connection
                        .getMetaData()
                        .getIndexInfo(connection.getCatalog(), connection.getSchema(), "local_message", false, false)) {
            Map<String, String> columns = new TreeMap<>();
            while (rows.next()) {
                columns.merge(
                        rows.getString("INDEX_NAME"), rows.getString("COLUMN_NAME"), (one, next) -> one + "," + next);
            }
            return List.copyOf(columns.values());
        }
    }
}
