package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.retry.RetryScheduler;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/** Runs the retry scheduler as long as the application: it starts after all actions are registered, and ends before the pools do. */
final class RetryLifecycle implements SmartLifecycle, DisposableBean {

    private final RetryScheduler scheduler;

    RetryLifecycle(RetryScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void start() {
        scheduler.start();
    }

    @Override
    public void stop() {
        scheduler.stop();
    }

    @Override
    public boolean isRunning() {
        return scheduler.isRunning();
    }

    @Override
    public void destroy() {
        scheduler.close();
    }
}
