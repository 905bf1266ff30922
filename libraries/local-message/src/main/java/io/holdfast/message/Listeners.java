package io.holdfast.message;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;

/** Who listens on topics, one thread each, and goes on to listen. */
final class Listeners {

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);

    private final List<ConcurrentMessageListenerContainer<String, String>> containers = new ArrayList<>();
    private final String task;
    private @Nullable ScheduledExecutorService watch;
    private volatile boolean running;

    /** @param task as failures are counted */
    Listeners(String task) {
        this.task = task;
    }

    void add(ConcurrentMessageListenerContainer<String, String> container) {
        containers.add(container);
    }

    List<ConcurrentMessageListenerContainer<String, String>> containers() {
        return containers;
    }

    synchronized void start() {
        containers.forEach(ConcurrentMessageListenerContainer::start);
        running = true;
        if (!containers.isEmpty()) {
            watch = BackgroundThreads.scheduler(task + "-watch", 1);
            watch.scheduleWithFixedDelay(
                    this::startThoseThatEnded,
                    WATCH_INTERVAL.toMillis(),
                    WATCH_INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    synchronized void stop() {
        running = false;
        if (watch != null) {
            watch.shutdownNow();
            watch = null;
        }
        containers.forEach(ConcurrentMessageListenerContainer::stop);
    }

    boolean isRunning() {
        return running;
    }

    /** A container ends by itself after an error in the client; nobody else would start it again before the service. */
    void startThoseThatEnded() {
        for (ConcurrentMessageListenerContainer<String, String> container : containers) {
            if (running && !(container.isRunning() && container.isInExpectedState())) {
                BackgroundFailure.alarm(
                        task, new IllegalStateException("Nobody listened on " + container.getBeanName() + " any more"));
                container.stop();
                container.start();
            }
        }
    }
}
