package io.holdfast.tcc.retry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the attempts that run at this moment, so that no action takes the places of others, and within an action no branches
 * that are stuck those of fresh ones. The bounds are passed in each time, because they may change while attempts run.
 */
public final class ConcurrencyLimiter {

    private final int total;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Map<String, Taken> byAction = new HashMap<>();
    private int taken;

    /** @param total places of all actions together */
    public ConcurrencyLimiter(int total) {
        this.total = total;
    }

    /** How many more attempts may start at this moment. */
    public int free(String action, RetryTier lane, int concurrency) {
        lock.lock();
        try {
            Taken now = byAction.getOrDefault(action, Taken.NONE);
            int ofAction = concurrency - now.early - now.late;
            int ofLane =
                    lane == RetryTier.EARLY ? mostEarly(concurrency) - now.early : mostLate(concurrency) - now.late;
            return Math.max(0, Math.min(total - taken, Math.min(ofAction, ofLane)));
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
    public boolean take(String action, RetryTier lane, int concurrency) {
        lock.lock();
        try {
            if (free(action, lane, concurrency) == 0) {
                return false;
            }
            taken++;
            byAction.merge(action, Taken.NONE.plus(lane, 1), (now, one) -> now.plus(lane, 1));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for one. @return false if there was none in that time */
    public boolean take(String action, RetryTier lane, int concurrency, Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!take(action, lane, concurrency)) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = left.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    public void leave(String action, RetryTier lane) {
        lock.lock();
        try {
            taken--;
            byAction.computeIfPresent(action, (name, now) -> {
                Taken less = now.plus(lane, -1);
                return less.equals(Taken.NONE) ? null : less;
            });
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no attempt runs. @return false if some still do after that time */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (taken > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = left.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private record Taken(int early, int late) {

        private static final Taken NONE = new Taken(0, 0);

        Taken plus(RetryTier lane, int n) {
            return lane == RetryTier.EARLY ? new Taken(early + n, late) : new Taken(early, late + n);
        }
    }
}
