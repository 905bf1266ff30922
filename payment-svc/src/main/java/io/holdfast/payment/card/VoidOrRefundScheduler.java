package io.holdfast.payment.card;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.Waiter;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.holdfast.background.BackgroundThreads;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Lets db-scheduler carry out the tasks of {@link VoidOrRefundSchedule}. Several instances share them: an instance picks a task by a
 * guarded update of its version, and a task whose instance shows no sign of life is handed to another one.
 */
@Component
class VoidOrRefundScheduler implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(VoidOrRefundScheduler.class);

    /** Attempts at once. Each spends most of its time waiting for the gateway. */
    private static final int THREADS = 4;

    /** So many heartbeats, the fewest that db-scheduler accepts, may be missed. */
    private static final int MISSED_HEARTBEATS = 4;

    /** db-scheduler checks for dead instances every two heartbeats, so a task is handed over after two thirds of the lease, or later. */
    private static final int HEARTBEATS_OF_A_LEASE = 6;

    /** Half of what Spring gives all parts of the service to stop. */
    private static final Duration MAX_SHUTDOWN = Duration.ofSeconds(5);

    private final VoidOrRefund voidOrRefund;
    private final VoidOrRefundSchedule schedule;
    private final ChargeMapper mapper;
    private final DataSource database;
    private final CardProperties.VoidOrRefund properties;
    private final Clock clock;
    private final AtomicLong due = new AtomicLong();
    private final AtomicLong oldestMillis = new AtomicLong();
    private volatile @Nullable Scheduler scheduler;
    private boolean sweepFailed;

    VoidOrRefundScheduler(
            VoidOrRefund voidOrRefund,
            VoidOrRefundSchedule schedule,
            ChargeMapper mapper,
            DataSource database,
            CardProperties properties,
            Clock clock,
            MeterRegistry meters) {
        this.voidOrRefund = voidOrRefund;
        this.schedule = schedule;
        this.mapper = mapper;
        this.database = database;
        this.properties = properties.voidOrRefund();
        this.clock = clock;
        meters.gauge("holdfast.payment.void.or.refund.due", due);
        TimeGauge.builder(
                        "holdfast.payment.void.or.refund.oldest", oldestMillis, TimeUnit.MILLISECONDS, AtomicLong::get)
                .description("How long the oldest charge has been waiting to be voided or refunded")
                .register(meters);
    }

    /** One attempt; it ends the task, or puts it off. */
    Task<Void> task() {
        return Tasks.custom(VoidOrRefundSchedule.TASK_NAME, Void.class)
                .onDeadExecutionRevive()
                // An attempt records its failures itself, so this is one that could not: the database is away.
                .onFailure((complete, operations) -> operations.reschedule(
                        complete, after(voidOrRefund.delayAfter(complete.getExecution().consecutiveFailures + 1))))
                .execute((instance, context) -> voidOrRefund
                        .attempt(instance.getId())
                        .<CompletionHandler<Void>>map(
                                delay -> (complete, operations) -> operations.reschedule(complete, after(delay)))
                        .orElseGet(CompletionHandler.OnCompleteRemove::new));
    }

    private Instant after(Duration delay) {
        return clock.instant().plus(delay);
    }

    @Override
    public void start() {
        if (!properties.enabled()) {
            return;
        }
        Scheduler started = new MonotonicBuilder(database, List.of(task()))
                .clock(clock::instant)
                .schedulerName(new SchedulerName.Fixed(
                        "payment-svc-" + ProcessHandle.current().pid()))
                .executorService(BackgroundThreads.pool("void-or-refund", THREADS))
                .dueExecutor(BackgroundThreads.lastingExecutor("void-or-refund-poll"))
                .housekeeperExecutor(BackgroundThreads.scheduler("void-or-refund-housekeeping", 2))
                .threads(THREADS)
                .pollingInterval(properties.interval())
                .pollUsingFetch(0.5, (double) properties.chunk() / THREADS)
                .heartbeatInterval(properties.lease().dividedBy(HEARTBEATS_OF_A_LEASE))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .alwaysPersistTimestampInUTC()
                .shutdownMaxWait(MAX_SHUTDOWN)
                .addSchedulerListener(new PollFailures())
                .build();
        started.start();
        scheduler = started;
    }

    @Override
    public void stop() {
        Scheduler running = scheduler;
        scheduler = null;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    /** Polls at once, so that what was just added does not wait for the next poll. */
    @TransactionalEventListener
    void poll(VoidOrRefundSchedule.Added added) {
        Scheduler running = scheduler;
        if (running != null) {
            running.triggerCheckForDueExecutions();
        }
    }

    /** Adds tasks that are missing, and measures what is due. */
    @Scheduled(fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void sweep() {
        try {
            int added = schedule.addMissingTasks();
            if (added > 0) {
                log.info("{} charges that have to be voided or refunded had no task, and have one now", added);
            }
            VoidsAndRefundsDue found = mapper.totalDue();
            due.set(found.number());
            oldestMillis.set(found.oldest() == null ? 0 : Math.max(0, millisSince(found.oldest())));
            sweepFailed = false;
        } catch (RuntimeException e) {
            // Logged once: the database may be away for long, and the next sweep is near.
            if (!sweepFailed) {
                log.error("It is unknown whether a charge that has to be voided or refunded has no task", e);
            }
            sweepFailed = true;
        }
    }

    private long millisSince(LocalDateTime utc) {
        return Duration.between(utc.toInstant(ZoneOffset.UTC), clock.instant()).toMillis();
    }

    /** The wait between two polls does not depend on the wall clock: if that were set back by an hour, nothing would be polled for an hour. */
    private static final class MonotonicBuilder extends SchedulerBuilder {

        MonotonicBuilder(DataSource database, List<Task<?>> tasks) {
            super(database, tasks);
        }

        @Override
        protected Waiter buildWaiter() {
            return new Waiter(poolingInterval, () -> Instant.EPOCH.plusNanos(System.nanoTime()));
        }
    }

    /** db-scheduler logs each poll that fails, and for as long as the database is away they all do. This logs the first one. */
    private static final class PollFailures extends AbstractSchedulerListener {

        private volatile boolean failed;

        @Override
        public void onSchedulerEvent(SchedulerEventType type) {
            if (type == SchedulerEventType.RAN_EXECUTE_DUE) {
                failed = false;
            } else if (type == SchedulerEventType.UNEXPECTED_ERROR && !failed) {
                failed = true;
                log.error("Charges that have to be voided or refunded could not be read; it is tried again");
            }
        }
    }
}
