package io.holdfast.tcc.retry;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.fence.PhaseTwoOperation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The attempts that this instance makes at this moment outside the coordinator's calls: which branches, by which claims. */
final class RunningAttempts {

    private static final Logger log = LoggerFactory.getLogger(RunningAttempts.class);

    private final ConcurrencyLimiter limiter;
    private final AttemptExecutor executor;
    private final Wakeup wakeup;
    private final Map<BranchKey, Running> running = new ConcurrentHashMap<>();

    RunningAttempts(ConcurrencyLimiter limiter, AttemptExecutor executor, Wakeup wakeup) {
        this.limiter = limiter;
        this.executor = executor;
        this.wakeup = wakeup;
    }

    int count() {
        return running.size();
    }

    /** @return null if no attempt of the branch runs here */
    @Nullable
    Running of(BranchKey key) {
        return running.get(key);
    }

    /** @return the one that runs already; null if from now on this one does */
    @Nullable
    Running putIfAbsent(BranchKey key, Running attempt) {
        return running.putIfAbsent(key, attempt);
    }

    void put(BranchKey key, Running attempt) {
        running.put(key, attempt);
    }

    void remove(BranchKey key, Running attempt) {
        running.remove(key, attempt);
    }

    void forEach(BiConsumer<BranchKey, Claim> each) {
        running.forEach((key, attempt) -> each.accept(key, attempt.claim));
    }

    /** @param task has its permit already, which it gives back at its end */
    void run(BranchKey key, String action, RetryTier tier, Running attempt, Runnable task) {
        Runnable leave = () -> {
            running.remove(key, attempt);
            // A caller that waits for a result that will not come gets "not yet".
            attempt.result.complete(false);
            limiter.release(action, tier);
            wakeup.now();
        };
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    BackgroundFailure.alarm("tcc-phase-two", e);
                    log.error("An attempt of {} ended in a way that nobody foresaw, {}", action, key, e);
                } finally {
                    leave.run();
                }
            });
        } catch (RejectedExecutionException e) {
            leave.run();
        } catch (Error e) {
            // There is no thread for it, and its lease ends; its permit must not be lost for ever as well.
            leave.run();
            BackgroundFailure.alarm("tcc-phase-two", e);
        }
    }

    /** @return false if attempts are still running after that time */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        return limiter.awaitIdle(atMost);
    }

    /** Ends the threads for ever. */
    void close() {
        executor.close();
    }

    /**
     * One attempt.
     *
     * @param result the answer to the coordinator
     */
    record Running(PhaseTwoOperation operation, Claim claim, CompletableFuture<Boolean> result) {

        static Running of(PhaseTwoOperation operation, Claim claim) {
            return new Running(operation, claim, new CompletableFuture<>());
        }

        /**
         * @param end in nanoseconds of {@link System#nanoTime}
         * @return empty if there is no result by then
         */
        Optional<Boolean> await(long end) throws InterruptedException {
            try {
                long left = Math.max(0, end - System.nanoTime());
                return Optional.of(result.get(left, TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                return Optional.of(false);
            }
        }
    }
}
