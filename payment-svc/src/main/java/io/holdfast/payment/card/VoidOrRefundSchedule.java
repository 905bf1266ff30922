package io.holdfast.payment.card;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What has to be voided or refunded, and when that is tried next. A row of {@code void_or_refund} is the record of what is owed, and
 * is kept. A one-time task of db-scheduler stands for the next attempt, and goes when the record is settled. Both are written in the
 * local transaction that ends the payment, so there is neither a record without a task nor a task without a record.
 */
@Component
class VoidOrRefundSchedule {

    static final String TASK_NAME = "void-or-refund";

    /** A task is added for so many records at once; there are more only if a platform of before is upgraded during a long outage. */
    private static final int MAX_MISSING = 500;

    private final ChargeMapper mapper;
    private final SchedulerClient client;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transaction;
    private final Clock clock;

    VoidOrRefundSchedule(
            ChargeMapper mapper,
            SchedulerClient voidOrRefundClient,
            ApplicationEventPublisher events,
            PlatformTransactionManager transactionManager,
            Clock clock) {
        this.mapper = mapper;
        this.client = voidOrRefundClient;
        this.events = events;
        this.transaction = new TransactionTemplate(transactionManager);
        this.clock = clock;
    }

    /** There is something to do as soon as the transaction is committed. */
    record Added(String chargeKey) {}

    /** Call it in the local transaction that ends the payment. A charge that was added before stays as it is. */
    void add(String chargeKey) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("The charge with key " + chargeKey + " is added outside a transaction");
        }
        Instant now = clock.instant();
        mapper.insertVoidOrRefund(chargeKey, LocalDateTime.ofInstant(now, ZoneOffset.UTC));
        schedule(chargeKey, now);
        events.publishEvent(new Added(chargeKey));
    }

    /**
     * Adds a task for each record that is due and has none: those that an instance of the version before has written, and whatever
     * was lost by hand.
     *
     * @return how many there were
     */
    int addMissingTasks() {
        List<DueRecord> missing = mapper.dueWithoutTask(TASK_NAME, MAX_MISSING);
        for (DueRecord due : missing) {
            transaction.executeWithoutResult(
                    status -> schedule(due.chargeKey(), due.dueAt().toInstant(ZoneOffset.UTC)));
        }
        return missing.size();
    }

    private void schedule(String chargeKey, Instant when) {
        client.scheduleIfNotExists(new TaskInstance<Void>(TASK_NAME, chargeKey), when);
    }

    /** A row of {@code void_or_refund} that is not settled. */
    record DueRecord(String chargeKey, LocalDateTime dueAt) {}
}
