package io.holdfast.tcc.retry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the attempts that run at this moment, so that no action takes the permits of others, and within an action no branches
 * that are stuck those of fresh ones. The bounds are passed in each time, because they may change while attempts run.
 */
public final class ConcurrencyLimiter {

    private final int total;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final Map<String, Taken> byAction = new HashMap<>();
    private int taken;

    /** @param total permits of all actions together */
    public ConcurrencyLimiter(int total) {
        this.total = total;
    }

    /** How many more attempts may start at this moment. */
    public int free(String action, RetryTier tier, int concurrency) {
        lock.lock();
        try {
            Taken now = byAction.getOrDefault(action, Taken.NONE);
            int ofAction = concurrency - now.early - now.late;
            int ofTier =
                    tier == RetryTier.EARLY ? mostEarly(concurrency) - now.early : mostLate(concurrency) - now.late;
            return Math.max(0, Math.min(total - taken, Math.min(ofAction, ofTier)));
        } finally {
            lock.unlock();
        }
    }

    /** A quarter is kept for the late ones: many that fail for the first time must not put off a give-up for ever. */
    private static int mostEarly(int concurrency) {
        return concurrency == 1 ? 1 : concurrency - Math.max(1, concurrency / 4);
    }

    private static int mostLate(int concurrency) {
        return Math.max(1, concurrency / 2);
    }

    /** @return false if there is none */
    public boolean tryAcquire(String action, RetryTier tier, int concurrency) {
        lock.lock();
        try {
            if (free(action, tier, concurrency) == 0) {
                return false;
            }
            taken++;
            byAction.merge(action, Taken.NONE.plus(tier, 1), (now, one) -> now.plus(tier, 1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for one. @return false if there was none in that time */
    public boolean tryAcquire(String action, RetryTier tier, int concurrency, Duration atMost)
            throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!tryAcquire(action, tier, concurrency)) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = released.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    public void release(String action, RetryTier tier) {
        lock.lock();
        try {
            taken--;
            byAction.computeIfPresent(action, (name, now) -> {
                Taken less = now.plus(tier, -1);
                return less.equals(Taken.NONE) ? null : less;
            });
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no attempt runs. @return false if some still do after that time */
    public boolean awaitIdle(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (taken > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = released.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private record Taken(int early, int late) {

        private static final Taken NONE = new Taken(0, 0);

        Taken plus(RetryTier tier, int n) {
            return tier == RetryTier.EARLY ? new Taken(early + n, late) : new Taken(early, late + n);
        }
    }
}
