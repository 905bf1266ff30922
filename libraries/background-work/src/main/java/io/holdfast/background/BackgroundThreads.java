package io.holdfast.background;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The only place where threads are made. No failure ends their work, and every failure is counted and logged. */
public final class BackgroundThreads {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private BackgroundThreads() {}

    /**
     * A thread for work that goes on until it is stopped. Work that returns is over; work that throws is begun again after a second.
     *
     * @param name of the thread and of the task
     * @param wanted whether it is to go on
     */
    public static Thread lasting(String name, Runnable work, BooleanSupplier wanted) {
        return new Thread(
                () -> {
                    while (!returns(name, work) && wanted.getAsBoolean()) {
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                },
                name);
    }

    private static boolean returns(String name, Runnable work) {
        try {
            work.run();
            return true;
        } catch (Throwable failure) {
            BackgroundFailure.alarm(name, failure);
            return false;
        }
    }

    /**
     * Runs tasks later, or again and again. One that throws is logged; if it is repeated, it is run again when it is due.
     *
     * @param name of the tasks; the threads are numbered
     */
    public static ScheduledExecutorService scheduler(String name, int threads) {
        return new Scheduler(name, threads, factory(name, false));
    }

    /** As {@link #scheduler}, on threads that do not keep the process alive. */
    public static ScheduledExecutorService daemonScheduler(String name, int threads) {
        return new Scheduler(name, threads, factory(name, true));
    }

    /** A pool of so many threads at most, which end when they are idle; what finds none waits, as the caller bounds it. */
    public static ExecutorService pool(String name, int threads) {
        return pool(name, threads, Integer.MAX_VALUE, Duration.ofSeconds(60), false);
    }

    /**
     * A pool of so many daemon threads at most.
     *
     * @param queue tasks that may wait for one; those beyond are rejected
     * @param idle how long a thread without work is kept
     */
    public static ExecutorService daemonPool(String name, int threads, int queue, Duration idle) {
        return pool(name, threads, queue, idle, true);
    }

    /**
     * A single thread for work that goes on until it is told to stop, for a library that asks for an executor. Work that throws is begun
     * again after a second, until the executor is shut down.
     */
    public static ExecutorService lastingExecutor(String name) {
        return new LastingExecutor(name, factory(name, false));
    }

    private static ExecutorService pool(String name, int threads, int queue, Duration idle, boolean daemon) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                idle.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(queue),
                factory(name, daemon));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A pool replaces a thread that something was thrown in; so that is all there is to be done. */
    private static ThreadFactory factory(String name, boolean daemon) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name + "-") {
            @Override
            public Thread createThread(Runnable work) {
                Thread thread = super.createThread(work);
                thread.setUncaughtExceptionHandler((ended, failure) -> BackgroundFailure.alarm(name, failure));
                return thread;
            }
        };
        factory.setDaemon(daemon);
        return factory;
    }

    /** A future would swallow what is thrown, and be done. */
    private static final class LastingExecutor extends ThreadPoolExecutor {

        private final String name;

        LastingExecutor(String name, ThreadFactory factory) {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
            this.name = name;
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Runnable work, T value) {
            return super.newTaskFor(
                    () -> {
                        while (!returns(name, work) && !isShutdown()) {
                            LockSupport.parkNanos(PAUSE.toNanos());
                        }
                    },
                    value);
        }
    }

    /** Its own futures swallow what is thrown, and end what is repeated. */
    private static final class Scheduler extends ScheduledThreadPoolExecutor {

        private final String name;

        Scheduler(String name, int threads, ThreadFactory factory) {
            super(threads, factory);
            this.name = name;
            setRemoveOnCancelPolicy(true);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            return super.schedule(new ResilientTask(name, work), delay, unit);
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("Nobody would wait for the result of " + name);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long initial, long period, TimeUnit unit) {
            return super.scheduleAtFixedRate(new ResilientTask(name, work), initial, period, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long initial, long delay, TimeUnit unit) {
            return super.scheduleWithFixedDelay(new ResilientTask(name, work), initial, delay, unit);
        }
    }
}
