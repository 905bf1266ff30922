package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CANCEL;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static io.holdfast.tcc.retry.StockAction.Operation.EMPTY_ROLLBACK;
import static io.holdfast.tcc.retry.StockAction.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.tcc.ConfirmRefusedException;
import io.holdfast.tcc.NotYetException;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.fence.FenceOutcome;
import io.holdfast.tcc.fence.FenceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Branches that are given up, refused or parked, Cancels too. */
abstract class GiveUpCases extends RetryCases {

    @Test
    void a_confirm_is_attempted_once_more_at_its_deadline_and_then_given_up() {
        policy(withDeadline(Duration.ofSeconds(5)));
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new IllegalStateException("the gateway is down"));
        confirm(action);
        List<Duration> attempts = new ArrayList<>();

        for (int step = 0; step < 50 && row().status() == FenceStatus.TRIED; step++) {
            int before = row().attempts();
            bench.runDue(fence);
            if (row().attempts() > before) {
                attempts.add(Duration.between(START, bench.clock.instant()));
            } else {
                bench.clock.advance(Duration.ofMillis(500));
            }
        }

        assertThat(attempts).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(5));
        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(action.told)
                .containsExactly(
                        "outside, transaction open: false",
                        "inside, transaction open: true, DEADLINE: java.lang.IllegalStateException: the gateway is"
                                + " down");
        assertThat(effects()).containsExactly(TRY);
        assertThat(confirm(action)).as("the coordinator goes on").isTrue();
        assertThat(bench.confirm(bench.fence(), XID, BRANCH)).isTrue();
        assertThat(cancel()).as("never a Cancel after a commit").isFalse();
        assertThat(bench.counted(FenceOutcome.GIVEN_UP)).isEqualTo(1);
    }

    @Test
    void a_definite_refusal_is_given_up_at_once() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));

        assertThat(confirm(action)).isFalse();
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(action.told).last().asString().endsWith("REFUSED: card stolen");
        assertThat(confirm(action)).isTrue();
    }

    @Test
    void a_give_up_that_fails_is_made_again_and_the_confirm_never() {
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new ConfirmRefusedException("card stolen"));
        confirm(action);
        action.disturb((operation, context) -> {});
        action.failingOutside = 2;
        action.failingInside = 1;

        bench.runDue(fence);
        assertThat(confirm(action)).isFalse();
        for (int seconds = 1; seconds <= 4; seconds *= 2) {
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            bench.clock.advance(Duration.ofSeconds(seconds));
            bench.runDue(bench.fence());
        }

        assertThat(row().status()).isEqualTo(FenceStatus.GIVEN_UP);
        assertThat(row().attempts()).isEqualTo(4);
        assertThat(effects())
                .as("no Confirm took effect, though it would have now")
                .containsExactly(TRY);
        assertThat(bench.counted(FenceOutcome.GIVE_UP_FAILED)).isEqualTo(3);
    }

    @Test
    void a_give_up_that_fails_for_as_long_again_is_parked() {
        policy(withDeadline(Duration.ofSeconds(10)));
        GivingUpStock action = givingUp();
        tryReserve();
        fail(CONFIRM, action, new IllegalStateException("the gateway is down"));
        confirm(action);
        action.failingOutside = Integer.MAX_VALUE;

        bench.clock.advance(Duration.ofSeconds(10));
        bench.runDue(fence);
        for (int second = 0; second < 10; second++) {
            assertThat(row().status()).isEqualTo(FenceStatus.TRIED);
            bench.clock.advance(Duration.ofSeconds(1));
            bench.runDue(fence);
        }

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(confirm(action)).isTrue();
    }

    @Test
    void what_cannot_be_given_up_is_parked_with_its_context_and_out_of_the_coordinators_way(CapturedOutput output) {
        policy(withDeadline(Duration.ofSeconds(5)));
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();

        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).contains("the ledger is closed");
        assertThat(row().attempts()).isEqualTo(2);
        assertThat(bench.count("select count(*) from tcc_fence_log where status = 6 and context is not null"
                        + " and next_attempt_at is null"))
                .isEqualTo(1);
        assertThat(confirm()).isTrue();
        assertThat(bench.confirm(bench.fence(), XID, BRANCH)).isTrue();
        assertThat(output).contains("PARKED: CONFIRM of " + StockAction.NAME, XID);
        assertThat(bench.registry.get("holdfast.tcc.parked").counter().count()).isEqualTo(1);
        heal();
        bench.clock.advance(Duration.ofDays(1));
        bench.runDue(fence);
        assertThat(effects()).as("it waits for a person").containsExactly(TRY);
        bench.clock.advance(Duration.ofDays(30));
        assertThat(fence.cleaner().clean()).isZero();
    }

    @Test
    void a_refused_confirm_without_a_give_up_is_parked_in_the_coordinators_own_call() {
        tryReserve();
        fail(CONFIRM, new ConfirmRefusedException("card stolen"));

        assertThat(confirm()).isTrue();

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(row().lastError()).isEqualTo("card stolen");
    }

    @Test
    void a_confirm_that_is_not_possible_yet_is_attempted_when_it_is_due() {
        AtomicInteger asked = new AtomicInteger();
        RemoteStock action = new RemoteStock(bench, context -> {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isFalse();
            if (asked.incrementAndGet() < 3) {
                throw new NotYetException("payment is still open");
            }
        });
        bench.actions.put(StockAction.NAME, action);
        tryReserve();
        confirm(action);
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);
        bench.clock.advance(Duration.ofSeconds(2));
        bench.runDue(fence);

        assertThat(asked).hasValue(3);
        assertThat(row().status()).isEqualTo(FenceStatus.COMMITTED);
        assertThat(row().lastError()).isEqualTo("payment is still open");
    }

    @Test
    void each_change_of_state_is_one_line_in_the_log_and_an_attempt_that_fails_again_is_none() {
        Logger logger = (Logger) LoggerFactory.getLogger(RetryScheduler.class.getPackageName());
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            tryReserve();
            fail(CONFIRM, new IllegalStateException("the ledger is closed"));
            confirm();
            for (int attempt = 0; attempt < 5; attempt++) {
                bench.clock.set(due(BRANCH));
                bench.runDue(fence);
                confirm();
            }
            heal();
            bench.clock.set(due(BRANCH));
            bench.runDue(fence);
            confirm();
        } finally {
            logger.setLevel(null);
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "CONFIRM of stock.reserve failed and is scheduled, xid " + XID + ", branch 42",
                        "CONFIRM of stock.reserve took effect after 6 failed attempts, xid " + XID + ", branch 42");
    }

    @Test
    void a_cancel_that_fails_is_scheduled_and_parked_at_its_deadline() {
        policy(withDeadline(Duration.ofSeconds(5)));
        givingUp();
        tryReserve();
        failAlways();
        assertThat(cancel()).isFalse();
        assertThat(due(BRANCH)).isEqualTo(START.plusSeconds(1));
        bench.clock.advance(Duration.ofSeconds(5));
        bench.actions.put(StockAction.NAME, bench.action);
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(cancel()).isTrue();
        assertThat(confirm()).as("a Confirm contradicts it").isFalse();
        assertThat(bench.counted(FenceOutcome.CONTRADICTION)).isEqualTo(1);
        assertThat(effects()).containsExactly(TRY);
    }

    @Test
    void a_failing_empty_rollback_hook_is_parked_at_its_deadline_and_still_refuses_a_late_try() {
        policy(withDeadline(Duration.ofSeconds(5)));
        failAlways();
        assertThat(cancel()).isFalse();
        bench.clock.advance(Duration.ofSeconds(5));
        bench.runDue(fence);

        assertThat(row().status()).isEqualTo(FenceStatus.PARKED);
        assertThat(cancel()).isTrue();
        assertThatThrownBy(this::tryReserve).hasCauseInstanceOf(TryRefusedException.class);
        assertThat(bench.effectsOf(BRANCH)).doesNotContain(EMPTY_ROLLBACK, CANCEL);
    }
}
