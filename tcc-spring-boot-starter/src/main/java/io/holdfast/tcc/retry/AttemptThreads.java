package io.holdfast.tcc.retry;

import io.holdfast.background.BackgroundThreads;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** Threads for attempts. Their queue is never longer than they are many: a permit is taken before an attempt is handed over. */
public final class AttemptThreads implements AttemptExecutor {

    private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

    private final ExecutorService threads;

    public AttemptThreads(int count) {
        this.threads = BackgroundThreads.daemonPool("tcc-phase-two", count, count, KEPT_IDLE);
    }

    @Override
    public void execute(Runnable attempt) {
        threads.execute(attempt);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
