package io.holdfast.tcc.autoconfigure;

import io.holdfast.background.BackgroundThreads;
import io.holdfast.tcc.orphan.OrphanedBranches;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.seata.core.exception.TransactionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Looks for branches whose end nobody asks for from time to time, on one thread of its own. */
final class OrphanLifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(OrphanLifecycle.class);

    private final OrphanedBranches orphans;
    private final Duration interval;
    private @Nullable ScheduledExecutorService scheduler;

    /** Told when it begins and when it ends. Only the scheduler's own thread looks at it. */
    private boolean failing;

    OrphanLifecycle(OrphanedBranches orphans, Duration interval) {
        this.orphans = orphans;
        this.interval = interval;
    }

    @Override
    public synchronized void start() {
        scheduler = BackgroundThreads.scheduler("tcc-orphans", 1);
        scheduler.scheduleWithFixedDelay(this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
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

    private void look() {
        try {
            orphans.look();
            if (failing) {
                failing = false;
                log.info("Branches whose end nobody asks for are looked for again");
            }
        } catch (TransactionException | RuntimeException e) {
            if (!failing) {
                failing = true;
                log.warn("Branches whose end nobody asks for cannot be looked for now; it is tried again", e);
            }
        }
    }
}
