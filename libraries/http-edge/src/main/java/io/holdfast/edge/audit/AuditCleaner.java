package io.holdfast.edge.audit;

import io.holdfast.background.BackgroundThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Deletes entries of the audit that are older than the retention, in chunks of a bounded size, on one thread of its own. */
public final class AuditCleaner implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(AuditCleaner.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int CHUNK = 500;
    /** Of one run, so that a large heap of old entries does not keep the database busy for long. */
    private static final int MAX_CHUNKS = 200;

    private final AuditLog entries;
    private final Duration retention;
    private final Clock clock;
    private @Nullable ScheduledExecutorService scheduler;

    AuditCleaner(AuditLog entries, Duration retention, Clock clock) {
        this.entries = entries;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        scheduler = BackgroundThreads.scheduler("audit-cleaner", 1);
        scheduler.scheduleWithFixedDelay(
                this::cleanOrLog, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Deletes what is too old now, as far as one run goes. */
    public void clean() {
        Instant before = clock.instant().minus(retention);
        for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
            if (entries.deleteBefore(before, CHUNK) < CHUNK) {
                return;
            }
        }
    }

    private void cleanOrLog() {
        try {
            clean();
        } catch (RuntimeException e) {
            log.error("Old entries of the audit could not be deleted; it is tried again", e);
        }
    }
}
