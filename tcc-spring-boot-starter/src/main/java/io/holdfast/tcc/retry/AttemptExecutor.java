package io.holdfast.tcc.retry;

/**
 * Where attempts run that are not made inside the coordinator's call. A type of its own, because a bean that is an {@code Executor}
 * would take the place of the application's.
 */
@FunctionalInterface
public interface AttemptExecutor {

    /** @throws java.util.concurrent.RejectedExecutionException if nothing more is taken */
    void execute(Runnable attempt);

    /** Ends its threads for ever. */
    default void close() {}
}
