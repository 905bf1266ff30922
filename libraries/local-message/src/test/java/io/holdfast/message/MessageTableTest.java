package io.holdfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Each statement on each database that the scripts are for. */
class MessageTableTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");

    private MessageTable table;
    private TransactionTemplate transaction;

    private static Stream<Arguments> databases() {
        return Stream.of(
                Arguments.of("MariaDB", (Supplier<TestDatabase>) TestDatabase::mariaDb),
                Arguments.of("PostgreSQL", (Supplier<TestDatabase>) TestDatabase::postgres));
    }

    private void open(Supplier<TestDatabase> database) throws SQLException {
        TestSchema schema = database.get().newSchema("table");
        schema.runResource(LocalMessageSchemaAcceptance.SCRIPT);
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource(schema.url(), schema.user(), schema.password());
        table = new MessageTable(JdbcClient.create(dataSource));
        transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aMessageGoesItsWayAndEveryStepIsGuarded(String name, Supplier<TestDatabase> database) throws SQLException {
        open(database);
        table.insert(List.of(command("c"), event("e")), NOW, NOW.plusSeconds(5));
        assertThatThrownBy(() -> table.insert(List.of(event("e")), NOW, NOW)).isInstanceOf(DuplicateKeyException.class);

        assertThat(table.sent("c", NOW.plusSeconds(9), NOW)).isEqualTo(1);
        assertThat(table.confirmAll(List.of("e"), NOW)).isEqualTo(1);
        assertThat(table.confirmAll(List.of("e"), NOW)).isZero();
        assertThat(table.list(MessageStatus.SENT, 10)).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo("c");
            assertThat(message.attempts()).isEqualTo(1);
            assertThat(message.dueAt()).isEqualTo(NOW.plusSeconds(9));
            assertThat(message.createdAt()).isEqualTo(NOW);
        });

        assertThat(table.postpone(List.of("c"), NOW, "away", NOW)).isEqualTo(1);
        assertThat(table.postpone(List.of("c"), NOW, null, NOW)).isEqualTo(1);
        assertThat(table.list(MessageStatus.SENT, 10).get(0).lastError()).isEqualTo("away");
        assertThat(table.requeue("c", "no", NOW)).isZero();
        assertThat(table.fail("c", "x".repeat(2_000), NOW)).isEqualTo(1);
        assertThat(table.backlog()).containsExactly(new Backlog(MessageStatus.FAILED, 1, NOW));
        assertThat(table.requeue("c", "by ann", NOW)).isEqualTo(1);
        assertThat(table.statusOf("c")).contains(MessageStatus.NEW);
        assertThat(table.refused("c", NOW, "too large", NOW)).isEqualTo(1);
        assertThat(table.confirm("c", NOW)).isEqualTo(1);
        assertThat(table.confirm("c", NOW)).isZero();
        assertThat(table.sent("c", NOW, NOW)).isZero();
        assertThat(table.deleteConfirmed(NOW.plusMillis(1), 10)).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void whatWasConfirmedLateIsKeptFromThenOn(String name, Supplier<TestDatabase> database) throws SQLException {
        open(database);
        Instant later = NOW.plus(Duration.ofDays(1));
        table.insert(List.of(event("at-once"), event("late"), event("never")), NOW, NOW);
        table.confirmAll(List.of("at-once"), NOW);
        table.confirmAll(List.of("late"), later);

        assertThat(table.deleteConfirmed(later, 10)).isEqualTo(1);
        assertThat(table.statusOf("late")).contains(MessageStatus.CONFIRMED);
        assertThat(table.deleteConfirmed(later.plusMillis(1), 10)).isEqualTo(1);
        assertThat(table.statusOf("never")).contains(MessageStatus.NEW);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void whatOneHasLockedAnotherSkips(String name, Supplier<TestDatabase> database) throws SQLException {
        open(database);
        table.insert(
                IntStream.range(0, 1_200).mapToObj(i -> event("e-" + i)).toList(), NOW, NOW.plus(Duration.ofMillis(1)));
        assertThat(lockDue(NOW, 10)).isEmpty();

        transaction.executeWithoutResult(outer -> {
            List<PendingMessage> mine = table.lockDue(MessageStatus.NEW, false, List.of(), NOW.plusSeconds(1), 1_000);
            List<PendingMessage> others = inAnotherThread(() -> lockDue(NOW.plusSeconds(1), 1_000));
            assertThat(mine).hasSize(1_000);
            assertThat(others).hasSize(200).doesNotContainAnyElementsOf(mine);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void commandsAreFoundBehindAnyNumberOfEventsAndHeldTopicsAreLeftAlone(String name, Supplier<TestDatabase> database)
            throws SQLException {
        open(database);
        table.insert(IntStream.range(0, 600).mapToObj(i -> event("e-" + i)).toList(), NOW, NOW);
        OutgoingMessage other = OutgoingMessage.command("other", "another-topic", "key", "{}");
        table.insert(List.of(command("c"), other), NOW, NOW.plusMillis(1));

        transaction.executeWithoutResult(status -> {
            Instant now = NOW.plusSeconds(1);
            assertThat(table.lockDue(MessageStatus.NEW, true, List.of(), now, 10))
                    .extracting(PendingMessage::id)
                    .containsExactlyInAnyOrder("c", "other");
            assertThat(table.lockDue(MessageStatus.NEW, true, List.of("another-topic", "x"), now, 10))
                    .extracting(PendingMessage::id)
                    .containsExactly("c");
            assertThat(table.lockDue(MessageStatus.NEW, false, List.of("events"), now, 10))
                    .isEmpty();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aMessageIsTakenOnceByEachConsumerAndForgottenLater(String name, Supplier<TestDatabase> database)
            throws SQLException {
        open(database);
        table.insertProcessed("m", "one", NOW);
        table.insertProcessed("m", "another", NOW);
        table.keepResult("m", "one", "{\"done\":true}");

        assertThatThrownBy(() -> table.insertProcessed("m", "one", NOW)).isInstanceOf(DuplicateKeyException.class);
        assertThat(table.resultOf("m", "one")).contains("{\"done\":true}");
        assertThat(table.resultOf("n", "one")).isEmpty();
        assertThat(table.forgetProcessed(NOW, 10)).isZero();
        assertThat(table.forgetProcessed(NOW.plusMillis(1), 10)).isEqualTo(2);
    }

    private List<PendingMessage> lockDue(Instant now, int limit) {
        return transaction.execute(status -> table.lockDue(MessageStatus.NEW, false, List.of(), now, limit));
    }

    private static <T> T inAnotherThread(Supplier<T> work) {
        return java.util.concurrent.CompletableFuture.supplyAsync(work).join();
    }

    private static OutgoingMessage command(String id) {
        return OutgoingMessage.command(id, "work", "key", "{\"库存\":1}");
    }

    private static OutgoingMessage event(String id) {
        return OutgoingMessage.event(id, "events", "key", "{}");
    }
}
