package io.holdfast.tcc.retry;

import static io.holdfast.tcc.retry.FenceBench.START;
import static io.holdfast.tcc.retry.FenceBench.XID;
import static io.holdfast.tcc.retry.StockAction.Operation.CONFIRM;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Policies that are changed while branches wait. */
abstract class LivePolicyCases extends RetryCases {

    @Test
    void the_next_attempt_obeys_a_policy_that_was_changed_meanwhile() {
        tryReserve();
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        confirm();
        policy(withDelays(Duration.ofSeconds(7), Duration.ofSeconds(50)));

        bench.clock.advance(Duration.ofSeconds(1));
        bench.runDue(fence);

        assertThat(due(BRANCH)).isEqualTo(bench.clock.instant().plusSeconds(14));
    }

    @Test
    void branches_that_wait_longer_than_a_new_policy_lets_them_are_brought_forward() {
        tryReserve();
        tryReserve(43);
        fail(CONFIRM, new IllegalStateException("the ledger is closed"));
        policy(withDelays(Duration.ofHours(2), Duration.ofHours(2)));
        confirm();
        policy(withDelays(Duration.ofMillis(1), Duration.ofHours(1)));
        bench.confirm(fence, XID, 43);
        Instant untouched = due(43);
        assertThat(due(BRANCH)).isEqualTo(START.plus(Duration.ofHours(2)));

        policy(withDelays(Duration.ofSeconds(3), Duration.ofSeconds(3)));
        fence.schedule().policiesChanged(Set.of(StockAction.NAME));
        bench.runDue(fence);

        assertThat(due(BRANCH)).isEqualTo(START.plusSeconds(3));
        assertThat(due(43)).as("a shorter wait is left").isEqualTo(untouched);
        assertThat(row().attempts()).isEqualTo(1);
    }
}
