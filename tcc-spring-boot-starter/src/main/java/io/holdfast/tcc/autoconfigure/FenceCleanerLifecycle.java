package io.holdfast.tcc.autoconfigure;

import io.holdfast.background.BackgroundThreads;
import io.holdfast.tcc.fence.FenceCleaner;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs the cleaner from time to time, on one thread of its own. */
final class FenceCleanerLifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(FenceCleanerLifecycle.class);

    private final FenceCleaner cleaner;
    private final Duration interval;
    private @Nullable ScheduledExecutorService scheduler;

    FenceCleanerLifecycle(FenceCleaner cleaner, Duration interval) {
        this.cleaner = cleaner;
        this.interval = interval;
    }

    @Override
    public synchronized void start() {
        scheduler = BackgroundThreads.scheduler("tcc-fence-cleaner", 1);
        scheduler.scheduleWithFixedDelay(this::clean, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
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

    private void clean() {
        try {
            int deleted = cleaner.clean();
            if (deleted > 0) {
                log.info("Deleted {} fence rows that were final for longer than the retention", deleted);
            }
        } catch (RuntimeException e) {
            // The database may be away.
            log.warn("Cleaning the fence table failed; the next run is in {}", interval, e);
        }
    }
}
