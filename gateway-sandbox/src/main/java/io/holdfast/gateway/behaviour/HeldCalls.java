package io.holdfast.gateway.behaviour;

import io.holdfast.background.BackgroundThreads;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/** Calls that wait for their end. Each costs a connection and no thread; their number is bounded. */
class HeldCalls implements SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(HeldCalls.class);
    /** They only write answers that are already there. */
    private static final int THREADS = 2;

    private final Semaphore permits;
    private final Set<HeldCall> held = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = BackgroundThreads.daemonScheduler("held-calls", THREADS);

    private volatile boolean running;

    HeldCalls(int max) {
        this.permits = new Semaphore(max);
    }

    /** How a held call ends. */
    @FunctionalInterface
    interface Ending {
        void run() throws IOException;
    }

    /** Whether a call found a place. */
    enum Place {
        HELD,
        NONE_LEFT
    }

    Place hold(HttpServletRequest request, HttpServletResponse response, long delayMillis, Ending ending) {
        if (!permits.tryAcquire()) {
            log.warn("As many calls are held as may be; one more is hung up on at once");
            return Place.NONE_LEFT;
        }
        AsyncContext context = request.startAsync(request, response);
        // The timer below ends it; the server's own limit would answer.
        context.setTimeout(0);
        HeldCall call = new HeldCall(context, ending);
        context.addListener(call);
        held.add(call);
        try {
            timer.schedule(call::end, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            call.end();
        }
        return Place.HELD;
    }

    int count() {
        return held.size();
    }

    /** Ends all of them now, each as it would have ended. */
    void letGo() {
        List.copyOf(held).forEach(HeldCall::end);
    }

    @Override
    public void start() {
        running = true;
    }

    /** Before the server waits for the requests that are still being served. */
    @Override
    public void stop() {
        letGo();
        running = false;
    }

    @Override
    public void destroy() {
        timer.shutdownNow();
        letGo();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /**
     * The lock keeps the server from taking the request back while it is being ended: it would give the same objects to another
     * request, whose connection would be closed.
     */
    private final class HeldCall implements AsyncListener {

        private final AsyncContext context;
        private final Ending ending;
        private boolean over;

        private HeldCall(AsyncContext context, Ending ending) {
            this.context = context;
            this.ending = ending;
        }

        private synchronized void end() {
            if (over) {
                return;
            }
            leave();
            try {
                ending.run();
            } catch (IOException e) {
                log.debug("The caller of a held call did not wait for its end", e);
            } finally {
                complete();
            }
        }

        private void complete() {
            try {
                context.complete();
            } catch (IllegalStateException alreadyOver) {
                log.debug("A held call was over before its end", alreadyOver);
            }
        }

        private void leave() {
            over = true;
            held.remove(this);
            permits.release();
        }

        /** Comes after a hang-up too, to a call that is over then. */
        @Override
        public synchronized void onError(AsyncEvent event) {
            if (!over) {
                leave();
                complete();
            }
        }

        @Override
        public synchronized void onComplete(AsyncEvent event) {
            if (!over) {
                leave();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
