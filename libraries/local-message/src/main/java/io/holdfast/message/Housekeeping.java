package io.holdfast.message;

import io.holdfast.background.BackgroundThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.support.TransactionTemplate;

/** Counts what is open and deletes what is old, from time to time, on one thread of its own. */
final class Housekeeping implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration CLEAN_INTERVAL = Duration.ofMinutes(10);
    private static final int CHUNK = 500;
    /** Of one run, so that a large heap of old rows does not keep the database busy for long. */
    private static final int MAX_CHUNKS = 1_000;

    private final MessageTable table;
    private final TransactionTemplate transaction;
    private final MessageProperties properties;
    private final MessageMetrics metrics;
    private final Clock clock;
    private @Nullable ScheduledExecutorService scheduler;

    Housekeeping(
            MessageTable table,
            TransactionTemplate transaction,
            MessageProperties properties,
            MessageMetrics metrics,
            Clock clock) {
        this.table = table;
        this.transaction = transaction;
        this.properties = properties;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        scheduler = BackgroundThreads.scheduler("local-message-keeper", 1);
        scheduler.scheduleWithFixedDelay(
                () -> safely("Counting", this::count), 0, COUNT_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        scheduler.scheduleWithFixedDelay(
                () -> safely("Cleaning", this::clean),
                CLEAN_INTERVAL.toMillis(),
                CLEAN_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            scheduler.shutdownNow();
            scheduler = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }

    void count() {
        metrics.backlog(table.backlog(), clock.instant());
    }

    void clean() {
        Instant now = clock.instant();
        inChunks(() -> table.deleteConfirmed(now.minus(properties.retention()), CHUNK));
        inChunks(() -> table.forgetProcessed(now.minus(properties.memory()), CHUNK));
    }

    private void inChunks(IntSupplier delete) {
        for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
            Integer deleted = transaction.execute(inTransaction -> delete.getAsInt());
            if (deleted == null || deleted < CHUNK) {
                return;
            }
        }
    }

    private static void safely(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            // The database may be away.
            log.warn("{} local messages failed; it is tried again", what, e);
        }
    }
}
