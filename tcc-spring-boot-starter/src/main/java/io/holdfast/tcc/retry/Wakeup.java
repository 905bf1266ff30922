package io.holdfast.tcc.retry;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Has the retry scheduler look again at once: something may be due earlier than it was. */
final class Wakeup {

    private final Semaphore wanted = new Semaphore(0);

    void now() {
        wanted.release();
    }

    /** Waits for it, at most so long. Several of before are one. */
    void await(Duration atMost) throws InterruptedException {
        if (wanted.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            wanted.drainPermits();
        }
    }
}
