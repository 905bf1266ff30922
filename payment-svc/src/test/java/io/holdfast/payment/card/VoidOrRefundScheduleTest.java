package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import io.holdfast.tcc.retry.Backoff;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is to be voided or refunded has one task, that is as certain as its record, and is carried out by db-scheduler. */
class VoidOrRefundScheduleTest extends OnCards {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContext service;
    private final VoidOrRefundSchedule schedule;
    private final Charges charges;
    private final ChargeMapper mapper;
    private final TransactionTemplate transaction;

    VoidOrRefundScheduleTest(@Autowired ApplicationContext service) {
        super(service);
        this.service = service;
        this.schedule = service.getBean(VoidOrRefundSchedule.class);
        this.charges = service.getBean(Charges.class);
        this.mapper = service.getBean(ChargeMapper.class);
        this.transaction = new TransactionTemplate(service.getBean(PlatformTransactionManager.class));
    }

    @Test
    void aRollbackLeavesNoTaskAndACommitExactlyOne() {
        CardBranch branch = authorized();

        transaction.executeWithoutResult(status -> {
            charges.scheduleVoidOrRefund(xid, branch.branchId);
            assertThat(tasksSeenFrom(service.getBean(JdbcTemplate.class)))
                    .as("in the transaction")
                    .isEqualTo(1);
            assertThat(tasksSeenFrom(jdbc)).as("outside").isZero();
            status.setRollbackOnly();
        });
        assertThat(voidOrRefundStatus()).isEmpty();
        assertThat(executionTimes()).isEmpty();

        for (int i = 0; i < 2; i++) {
            transaction.executeWithoutResult(status -> charges.scheduleVoidOrRefund(xid, branch.branchId));
        }
        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        assertThat(executionTimes()).hasSize(1);

        voidOrRefundEndsAs("VOIDED");
        assertThat(executionTimes()).as("a task that is done").isEmpty();
    }

    @Test
    void outsideATransactionNothingIsScheduled() {
        CardBranch branch = authorized();

        assertThatIllegalStateException().isThrownBy(() -> charges.scheduleVoidOrRefund(xid, branch.branchId));

        assertThat(voidOrRefundStatus()).isEmpty();
        assertThat(executionTimes()).isEmpty();
    }

    @Test
    void recordsOfBeforeGetATaskWhenTheyAreDueAndSettledOnesNone() {
        released();
        LocalDateTime later = LocalDateTime.now(ZoneOffset.UTC).plusHours(1).truncatedTo(ChronoUnit.MILLIS);
        // As the version before has left it.
        jdbc.update("delete from scheduled_tasks where task_instance = ?", chargeKey());
        jdbc.update("update void_or_refund set due_at = ? where charge_key = ?", later, chargeKey());

        assertThat(schedule.addMissingTasks()).isEqualTo(1);
        assertThat(schedule.addMissingTasks()).isZero();
        assertThat(executionTimes()).containsExactly(later);
        carryOutDue();
        assertThat(voidOrRefundStatus()).as("not due yet").containsExactly("DUE");

        jdbc.update(
                "update scheduled_tasks set execution_time = utc_timestamp(3) where task_instance = ?", chargeKey());
        voidOrRefundEndsAs("VOIDED");
        assertThat(schedule.addMissingTasks()).isZero();
    }

    @Test
    void aTaskWhoseRecordIsSettledOrGoneEndsAndDoesNothing() {
        released();
        jdbc.update("""
                update void_or_refund set status = 'VOIDED', due_at = null, settled_at = utc_timestamp(3) where charge_key = ?
                """, chargeKey());
        carryOutDue();
        assertThat(executionTimes()).isEmpty();

        jdbc.update("delete from void_or_refund where charge_key = ?", chargeKey());
        transaction.executeWithoutResult(status -> schedule.add(chargeKey()));
        jdbc.update("delete from void_or_refund where charge_key = ?", chargeKey());
        carryOutDue();
        assertThat(executionTimes()).isEmpty();
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED");
    }

    @Test
    void anAttemptThatFailsIsMadeAgainAfterADelayThatDoublesUpToItsBound() {
        VoidOrRefund attempts = attempts(new CardProperties.VoidOrRefund(
                true,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofMinutes(2),
                50));
        for (int failures = 1; failures <= 100; failures++) {
            long bound = Math.min(60_000, 1_000L << Math.min(failures - 1, 20));
            assertThat(attempts.delayAfter(failures).toMillis()).isBetween(100L, bound);
        }

        released();
        gateway.goAway();
        Duration delay = attempts.attempt(chargeKey()).orElseThrow();
        gateway.comeBack();

        assertThat(delay.toMillis()).isBetween(100L, 1_000L);
        assertThat(jdbc.queryForObject(
                        "select concat(status, ' ', attempts) from void_or_refund where charge_key = ?",
                        String.class,
                        chargeKey()))
                .isEqualTo("DUE 1");
        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void twoInstancesCarryOutEachTaskOnce() {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            orders.add(another(i));
        }
        int voids = gateway.callsOf("void").size();
        VoidOrRefundScheduler one = scheduler(clock(), Duration.ofMillis(20));
        VoidOrRefundScheduler two = scheduler(clock(), Duration.ofMillis(20));
        try {
            one.start();
            two.start();
            await().atMost(LIMIT).until(() -> orders.stream()
                    .allMatch(each -> gateway.effectsOn(each).contains("VOIDED")));
        } finally {
            one.stop();
            two.stop();
        }

        assertThat(gateway.callsOf("void")).hasSize(voids + orders.size());
        assertThat(orders)
                .allSatisfy(each -> assertThat(gateway.effectsOn(each)).containsExactly("AUTHORIZED", "VOIDED"));
        assertThat(one.isRunning()).isFalse();
    }

    @Test
    void aClockThatIsSetBackStopsNoPoll() {
        MovedClock moved = new MovedClock();
        VoidOrRefundScheduler scheduler = scheduler(moved, Duration.ofMillis(50));
        scheduler.start();
        try {
            moved.ahead = Duration.ofDays(-1);
            released();
            jdbc.update(
                    "update scheduled_tasks set execution_time = execution_time - interval 2 day where task_instance = ?",
                    chargeKey());

            await().atMost(LIMIT).until(() -> voidOrRefundStatus().contains("VOIDED"));
        } finally {
            scheduler.stop();
        }
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void whatIsDueAndHowOldItIsAreMeasured() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        VoidOrRefundScheduler scheduler = scheduler(clock(), Duration.ofHours(1), meters);
        released();
        jdbc.update(
                "update void_or_refund set created_at = created_at - interval 1 hour where charge_key = ?",
                chargeKey());

        scheduler.sweep();

        assertThat(meters.get("holdfast.payment.void.or.refund.due").gauge().value())
                .isGreaterThanOrEqualTo(1);
        assertThat(meters.get("holdfast.payment.void.or.refund.oldest").gauge().value())
                .isGreaterThanOrEqualTo(3600);
        voidOrRefundEndsAs("VOIDED");
    }

    @Test
    void aGatewayThatIsSilentKeepsNoOtherTaskWaiting() {
        released();
        gateway.next("void", Trouble.SILENT_AFTER);

        voidOrRefundEndsAs("VOIDED");

        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    private void released() {
        assertThat(authorized().release()).isTrue();
    }

    /** Another order whose payment is released. */
    private String another(int number) {
        OnCards other = new OnCards(service) {};
        assertThat(other.authorized().release()).as("release " + number).isTrue();
        return other.order;
    }

    private Clock clock() {
        return service.getBean(Clock.class);
    }

    private VoidOrRefundScheduler scheduler(Clock clock, Duration interval) {
        return scheduler(clock, interval, new SimpleMeterRegistry());
    }

    private VoidOrRefundScheduler scheduler(Clock clock, Duration interval, MeterRegistry meters) {
        CardProperties.VoidOrRefund properties = new CardProperties.VoidOrRefund(
                true,
                interval,
                Duration.ofSeconds(30),
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofMinutes(2),
                50);
        return new VoidOrRefundScheduler(
                attempts(properties),
                schedule,
                mapper,
                service.getBean(DataSource.class),
                new CardProperties(new CardProperties.Authorization(Duration.ofSeconds(4), 4, 16), properties),
                clock,
                meters);
    }

    private VoidOrRefund attempts(CardProperties.VoidOrRefund properties) {
        return new VoidOrRefund(
                mapper,
                charges,
                service.getBean(PlatformTransactionManager.class),
                new CardProperties(new CardProperties.Authorization(Duration.ofSeconds(4), 4, 16), properties),
                clock(),
                service.getBean(Backoff.class),
                service.getBean(MeterRegistry.class));
    }

    private String chargeKey() {
        return jdbc.queryForObject("select charge_key from card_charge where order_id = ?", String.class, order);
    }

    private List<LocalDateTime> executionTimes() {
        return jdbc.queryForList("""
                select execution_time from scheduled_tasks t join card_charge c on c.charge_key = t.task_instance
                where c.order_id = ?
                """, LocalDateTime.class, order);
    }

    private int tasksSeenFrom(JdbcTemplate database) {
        return database.queryForObject(
                "select count(*) from scheduled_tasks t join card_charge c on c.charge_key = t.task_instance where c.order_id = ?",
                Integer.class,
                order);
    }

    private static final class MovedClock extends Clock {

        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for another zone");
        }
    }
}
