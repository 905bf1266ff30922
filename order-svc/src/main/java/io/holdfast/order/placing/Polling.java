package io.holdfast.order.placing;

import io.holdfast.background.BackgroundThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks a question, less and less often, until it has an answer. The question is asked on a thread of its own, so that a wait ends in
 * time even if the one who is asked does not answer.
 */
public final class Polling implements AutoCloseable {

    private static final Duration FIRST_DELAY = Duration.ofMillis(15);
    private static final Duration MAX_DELAY = Duration.ofMillis(400);

    private final ScheduledExecutorService scheduler;

    /** @param threads questions that are asked at a time */
    public Polling(String name, int threads) {
        this.scheduler = BackgroundThreads.scheduler(name, threads);
    }

    /**
     * @param question empty while there is no answer yet; what it throws ends the wait
     * @return empty if there was no answer in time, or this thread was interrupted
     */
    <T> Optional<T> await(Supplier<Optional<T>> question, Duration patience) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            ask(question, FIRST_DELAY, answer);
            return Optional.of(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("What was waited for could not be read", e.getCause());
        } finally {
            // The next question sees that nobody waits any more.
            answer.cancel(false);
        }
    }

    private <T> void ask(Supplier<Optional<T>> question, Duration delay, CompletableFuture<T> answer) {
        scheduler.schedule(
                () -> {
                    if (answer.isDone()) {
                        return;
                    }
                    try {
                        question.get().ifPresentOrElse(answer::complete, () -> ask(question, longer(delay), answer));
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    } catch (Error e) {
                        answer.completeExceptionally(e);
                        throw e;
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static Duration longer(Duration delay) {
        Duration doubled = delay.multipliedBy(2);
        return doubled.compareTo(MAX_DELAY) < 0 ? doubled : MAX_DELAY;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
