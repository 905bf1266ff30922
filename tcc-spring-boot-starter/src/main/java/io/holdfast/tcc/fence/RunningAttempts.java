package io.holdfast.tcc.fence;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.tcc.retry.ConcurrencyLimiter;
import io.holdfast.tcc.retry.RetryProperties;
import io.holdfast.tcc.retry.RetryTier;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The attempts that this instance makes at this moment on threads of its own: which branches, in which places, by which claims. */
final class RunningAttempts {

    private static final Logger log = LoggerFactory.getLogger(RunningAttempts.class);

    private final ConcurrencyLimiter places;
    private final ExecutorService threads;
    private final Map<BranchKey, Running> running = new ConcurrentHashMap<>();
    private final Runnable whenOneLeaves;

    RunningAttempts(RetryProperties settings, Runnable whenOneLeaves) {
        this.whenOneLeaves = whenOneLeaves;
        this.places = new ConcurrencyLimiter(settings.threads());
        // The queue is never longer than the places, which are taken before a task is handed over.
        this.threads = BackgroundThreads.daemonPool(
                "tcc-phase-two", settings.threads(), settings.threads(), Duration.ofSeconds(30));
    }

    ConcurrencyLimiter places() {
        return places;
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

    /** @param task has its place already, which it leaves at its end */
    void run(BranchKey key, String action, RetryTier lane, Running attempt, Runnable task) {
        Runnable leave = () -> {
            running.remove(key, attempt);
            // Whoever waits for a result that will not come is answered that it is not there.
            attempt.result.complete(false);
            places.leave(action, lane);
            whenOneLeaves.run();
        };
        try {
            threads.execute(() -> {
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
            // There is no thread for it, and its lease ends; its place must not be lost for ever as well.
            leave.run();
            BackgroundFailure.alarm("tcc-phase-two", e);
        }
    }

    /** @return false if attempts are still running after that time */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        return places.awaitNone(atMost);
    }

    /** Ends the threads for ever. */
    void close() {
        threads.shutdownNow();
    }

    /**
     * One attempt.
     *
     * @param confirm whether it is one of a Confirm, or of a Cancel
     * @param result what the coordinator is told of it
     */
    record Running(boolean confirm, Claim claim, CompletableFuture<Boolean> result) {

        static Running of(boolean confirm, Claim claim) {
            return new Running(confirm, claim, new CompletableFuture<>());
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
