package io.holdfast.message;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.message.testbroker.KafkaProcess;
import io.holdfast.tcc.sql.testdatabase.TestSchema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** One process of a service, as far as local messages go. Closed without a word, it is one that was killed. */
final class Instance implements AutoCloseable {

    static final Duration GRACE = Duration.ofMillis(500);
    static final int MAX_ATTEMPTS = 3;
    private static final RetryPolicy QUICK = new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(1));

    final HikariDataSource pool;
    final JdbcTemplate jdbc;
    final TransactionTemplate transaction;
    final MessageTable table;
    final Broker broker;
    final MessageSender sender;
    final MessageConsumers consumers;
    final LocalMessages messages;
    final MessageOperations operations;
    final MessageMetrics metrics;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Inbox inbox;

    Instance(
            TestSchema schema,
            KafkaProcess kafka,
            String service,
            List<MessageHandler> handlers,
            List<ResultHandler> results) {
        this(schema, kafka, service, handlers, results, Duration.ofMillis(400), Duration.ofSeconds(1));
    }

    /**
     * @param patience of the sender, before it sends a command the second time
     * @param maxPatience before each further time
     */
    Instance(
            TestSchema schema,
            KafkaProcess kafka,
            String service,
            List<MessageHandler> handlers,
            List<ResultHandler> results,
            Duration patience,
            Duration maxPatience) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(schema.url());
        config.setUsername(schema.user());
        config.setPassword(schema.password());
        config.setAutoCommit(false);
        config.setMaximumPoolSize(8);
        this.pool = new HikariDataSource(config);
        JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
        this.transaction = new TransactionTemplate(transactions);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.jdbc = new JdbcTemplate(pool);
        this.table = new MessageTable(JdbcClient.create(pool));
        MessageProperties properties = new MessageProperties(
                new MessageProperties.Kafka(Duration.ofSeconds(2), Duration.ofMillis(500), "", ""),
                Duration.ofMillis(20),
                GRACE,
                Duration.ofMillis(100),
                20,
                patience,
                maxPatience,
                MAX_ATTEMPTS,
                Duration.ofDays(1),
                Duration.ofDays(30));
        Clock clock = Clock.tickMillis(ZoneOffset.UTC);
        this.metrics = new MessageMetrics(registry);
        this.broker =
                new Broker(new KafkaConfig(kafka.clientConfig(), kafka.clientConfig(), properties.kafka()), service);
        this.sender = new MessageSender(table, broker, transaction, properties, metrics, clock, new SecureRandom());
        this.inbox = new Inbox(table, transaction, metrics, clock);
        this.consumers = new MessageConsumers(broker, inbox, service, handlers, results, 2_000, QUICK, false);
        this.messages = new LocalMessages(table, properties, clock, sender::offer);
        this.operations = new MessageOperations(table, transaction, clock);
    }

    Instance start() {
        sender.start();
        consumers.start();
        return this;
    }

    void write(OutgoingMessage... written) {
        transaction.executeWithoutResult(status -> messages.write(List.of(written)));
    }

    MessageStatus statusOf(String id) {
        return transaction.execute(status -> table.statusOf(id).orElseThrow());
    }

    long count(String sql, Object... arguments) {
        Long found = transaction.execute(status -> jdbc.queryForObject(sql, Long.class, arguments));
        return found == null ? 0 : found;
    }

    @Override
    public void close() {
        sender.stop();
        consumers.stop();
        broker.close();
        pool.close();
    }
}
