package io.holdfast.background;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ErrorHandler;

/**
 * What {@code @Scheduled} methods throw is counted and logged. Spring's own handler logs it and lets the method be called again, unless
 * logging fails too, as it does without memory: then it is never called again.
 */
@AutoConfiguration
public class ScheduledTasksAutoConfiguration {

    private static final ErrorHandler ALARM = failure -> BackgroundFailure.alarm("scheduled", failure);

    @Bean
    ThreadPoolTaskSchedulerCustomizer alarmOfScheduledTasks() {
        return scheduler -> scheduler.setErrorHandler(ALARM);
    }

    /** With virtual threads it is another scheduler. */
    @Bean
    SimpleAsyncTaskSchedulerCustomizer alarmOfScheduledTasksOnVirtualThreads() {
        return scheduler -> scheduler.setErrorHandler(ALARM);
    }
}
