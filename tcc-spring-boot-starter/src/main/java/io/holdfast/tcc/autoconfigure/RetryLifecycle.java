package io.holdfast.tcc.autoconfigure;

import io.holdfast.tcc.fence.RetryScheduler;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/** Runs the schedule as long as the application: it starts after all actions are registered, and ends before the pools do. */
final class RetryLifecycle implements SmartLifecycle, DisposableBean {

    private final RetryScheduler schedule;

    RetryLifecycle(RetryScheduler schedule) {
        this.schedule = schedule;
    }

    @Override
    public void start() {
        schedule.start();
    }

    @Override
    public void stop() {
        schedule.stop();
    }

    @Override
    public boolean isRunning() {
        return schedule.isRunning();
    }

    @Override
    public void destroy() {
        schedule.close();
    }
}
