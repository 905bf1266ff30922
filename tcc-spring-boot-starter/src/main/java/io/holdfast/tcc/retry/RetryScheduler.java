package io.holdfast.tcc.retry;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.tcc.fence.InstanceName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts Confirms and Cancels that did not succeed at once, when they are due, until they succeed, are given up or are parked.
 *
 * <p>Everything that it has to know is in the fence rows, so it goes on after a restart, and several instances of a service share
 * the work. The coordinator is not needed for any of this; its calls for a scheduled branch are answered by
 * {@link CoordinatorCalls}.
 *
 * <p>This class is the thread that looks again and again. What it does at each look is {@link RetryRound}.
 */
public final class RetryScheduler {

    static final String THREAD = "tcc-phase-two-poller";

    private static final Logger log = LoggerFactory.getLogger(RetryScheduler.class);

    /** Lets an instance that has nothing to wait for look again at once, and not spin if it has nothing to do. */
    private static final Duration MIN_WAIT = Duration.ofMillis(5);

    private final RetryRound round;
    private final RunningAttempts running;
    private final Wakeup wakeup;
    private final TccActions actions;
    private final ActionPolicies policies;
    private final RetryProperties properties;
    private final InstanceName instance;

    private volatile boolean reachable = true;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    RetryScheduler(
            RetryRound round,
            RunningAttempts running,
            Wakeup wakeup,
            TccActions actions,
            ActionPolicies policies,
            RetryProperties properties,
            InstanceName instance) {
        this.round = round;
        this.running = running;
        this.wakeup = wakeup;
        this.actions = actions;
        this.policies = policies;
        this.properties = properties;
        this.instance = instance;
    }

    /** Starts to look for attempts that are due. */
    public synchronized void start() {
        if (thread != null) {
            return;
        }
        // A policy that makes no sense has to stop the start, not the first retry.
        actions.names().forEach(policies::of);
        stopping = false;
        thread = BackgroundThreads.lasting(THREAD, this::lookUntilStopped, () -> !stopping);
        thread.setDaemon(true);
        thread.start();
        log.info("The retry scheduler works as {}, which is the name that its rows bear", instance);
    }

    /** Takes nothing more, and waits a little for what is running; what does not end in time is taken over by others. */
    public synchronized void stop() {
        Thread looking = thread;
        if (looking == null) {
            return;
        }
        stopping = true;
        wakeup.now();
        try {
            looking.join(properties.stopWithin().toMillis() + 1);
            if (!running.awaitNone(properties.stopWithin())) {
                log.warn("Phase two is stopped while {} attempts are running", running.count());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    public synchronized boolean isRunning() {
        return thread != null;
    }

    /** Ends its threads for ever. */
    public void close() {
        stop();
        running.close();
    }

    private void lookUntilStopped() {
        while (!stopping) {
            try {
                wakeup.await(longer(look(), MIN_WAIT));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Duration look() {
        try {
            Duration wait = round.run(properties.pollInterval());
            if (!reachable) {
                reachable = true;
                log.info("The retry scheduler reads its rows again");
            }
            return wait;
        } catch (RuntimeException | Error e) {
            // Whatever it is: without this thread nothing would ever be attempted again.
            if (e instanceof Error) {
                BackgroundFailure.alarm(THREAD, e);
            }
            if (reachable) {
                reachable = false;
                log.error("The retry scheduler cannot read its rows; nothing is attempted until it can", e);
            }
            return properties.pollInterval();
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
