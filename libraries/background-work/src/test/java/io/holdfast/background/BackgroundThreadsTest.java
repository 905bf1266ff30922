package io.holdfast.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Whatever is thrown: the work goes on, and it is counted and told. */
@ExtendWith(OutputCaptureExtension.class)
class BackgroundThreadsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger runs = new AtomicInteger();

    @BeforeEach
    void count() {
        Metrics.addRegistry(registry);
    }

    @AfterEach
    void countNoMore() {
        Metrics.removeRegistry(registry);
    }

    @Test
    void workThatAnErrorEndsIsBegunAgainAndToldOf(CapturedOutput output) throws InterruptedException {
        Thread thread = BackgroundThreads.lasting("sender-of-a-test", () -> failAtFirst("sender"), () -> true);
        thread.start();

        thread.join(LIMIT.toMillis());

        assertThat(thread.isAlive()).as("it returned the second time").isFalse();
        assertThat(runs).hasValue(2);
        assertThat(failures("sender-of-a-test", "error")).isEqualTo(1);
        assertThat(output).contains("ALARM sender-of-a-test", "no memory for sender");
    }

    @Test
    void workThatIsNotWantedAnyMoreIsNotBegunAgain() throws InterruptedException {
        Thread thread = BackgroundThreads.lasting("stopped-in-a-test", () -> failAtFirst("x"), () -> false);
        thread.start();

        thread.join(LIMIT.toMillis());

        assertThat(runs).hasValue(1);
    }

    @Test
    void workThatALibrarySubmitsIsBegunAgainAfterAnErrorAndEndsWithItsExecutor() throws InterruptedException {
        ExecutorService executor = BackgroundThreads.lastingExecutor("submitted-in-a-test");
        try {
            executor.submit(() -> failAtFirst("submitted"));

            await().atMost(LIMIT).until(() -> runs.get() == 2);

            assertThat(failures("submitted-in-a-test", "error")).isEqualTo(1);
            executor.submit(() -> {
                throw new IllegalStateException("again and again");
            });
        } finally {
            executor.shutdown();
        }
        assertThat(executor.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void aTaskThatIsRepeatedIsRepeatedAfterAnError() {
        ScheduledExecutorService scheduler = BackgroundThreads.scheduler("repeated-in-a-test", 1);
        try {
            scheduler.scheduleWithFixedDelay(() -> failAtFirst("delay"), 0, 5, TimeUnit.MILLISECONDS);
            scheduler.scheduleAtFixedRate(() -> failAtFirst("rate"), 5, 5, TimeUnit.MILLISECONDS);

            await().atMost(LIMIT).until(() -> runs.get() > 10);

            assertThat(failures("repeated-in-a-test", "error")).isEqualTo(1);
        } finally {
            scheduler.shutdownNow();
        }
    }

    @Test
    void aTaskThatIsRunOnceIsToldOfWhateverItThrows() {
        ScheduledExecutorService scheduler = BackgroundThreads.daemonScheduler("once-in-a-test", 1);
        ExecutorService pool = BackgroundThreads.daemonPool("pool-in-a-test", 1, 5, Duration.ofSeconds(1));
        try {
            scheduler.execute(() -> {
                throw new IllegalStateException("unforeseen");
            });
            pool.execute(() -> failAtFirst("pool"));
            pool.execute(() -> failAtFirst("pool"));

            await().atMost(LIMIT)
                    .until(() -> failures("once-in-a-test", "exception") == 1
                            && failures("pool-in-a-test", "error") == 1
                            && runs.get() == 2);
        } finally {
            scheduler.shutdownNow();
            pool.shutdownNow();
        }
    }

    @Test
    void anAlarmNeverThrowsEvenIfItCannotBeTold() {
        assertThatCode(() -> BackgroundFailure.alarm("untold", new Unspeakable()))
                .doesNotThrowAnyException();

        assertThat(failures("untold", "error")).isEqualTo(1);
    }

    @Test
    void anAlarmIsCountedEachTimeAndToldOnceAMinute(CapturedOutput output) {
        for (int i = 0; i < 100; i++) {
            BackgroundFailure.alarm("often", new IllegalStateException("again"));
        }

        assertThat(failures("often", "exception")).isEqualTo(100);
        assertThat(output.getAll().split("ALARM often", -1)).hasSize(2);
    }

    /** Spring's own handler logs; if that fails, the executor drops the method for ever. */
    @Test
    void aScheduledMethodIsCalledAgainAfterAnErrorThatCannotEvenBeLogged() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ScheduledTasksAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class)
                .run(context -> {
                    Job job = context.getBean(Job.class);
                    await().atMost(LIMIT).until(() -> job.calls.get() > 3);
                    assertThat(failures("scheduled", "error")).isPositive();
                });
    }

    private void failAtFirst(String what) {
        if (runs.incrementAndGet() == 1) {
            throw new OutOfMemoryError("no memory for " + what);
        }
    }

    private double failures(String task, String kind) {
        return registry.find(BackgroundFailure.FAILURES).tags("task", task, "kind", kind).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static final class Unspeakable extends Error {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("for the message as well");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {

        @Bean
        Job job() {
            return new Job();
        }
    }

    static class Job {

        final AtomicInteger calls = new AtomicInteger();
        private final AtomicBoolean failed = new AtomicBoolean();

        @Scheduled(fixedDelay = 5)
        void run() {
            calls.incrementAndGet();
            if (failed.compareAndSet(false, true)) {
                throw new Unspeakable();
            }
        }
    }
}
