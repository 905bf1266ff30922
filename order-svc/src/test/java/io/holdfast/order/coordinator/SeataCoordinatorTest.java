package io.holdfast.order.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.seata.core.model.GlobalStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeataCoordinatorTest {

    @ParameterizedTest
    @EnumSource
    void whatSeataCallsACommitIsNeverTakenForARollbackNorTheOtherWayRound(GlobalStatus status) {
        GlobalTxOutcome outcome = SeataCoordinator.outcome(status);

        boolean commit = status.name().contains("Commit");
        boolean rollback = status.name().contains("Rollback");
        assertThat(outcome == GlobalTxOutcome.COMMITTED).isEqualTo(commit);
        assertThat(outcome == GlobalTxOutcome.ROLLED_BACK || outcome == GlobalTxOutcome.ROLLING_BACK)
                .isEqualTo(rollback);
    }

    @Test
    void onlyAFinishedRollbackIsCalledRolledBack() {
        assertThat(SeataCoordinator.outcome(GlobalStatus.Rollbacked)).isEqualTo(GlobalTxOutcome.ROLLED_BACK);
        assertThat(SeataCoordinator.outcome(GlobalStatus.TimeoutRollbacked)).isEqualTo(GlobalTxOutcome.ROLLED_BACK);
        assertThat(SeataCoordinator.outcome(GlobalStatus.RollbackRetrying)).isEqualTo(GlobalTxOutcome.ROLLING_BACK);
        assertThat(SeataCoordinator.outcome(GlobalStatus.TimeoutRollbackRetrying))
                .isEqualTo(GlobalTxOutcome.ROLLING_BACK);
    }

    @Test
    void aTransactionThatTheCoordinatorDoesNotKnowIsForgottenAndNotRunning() {
        assertThat(SeataCoordinator.outcome(GlobalStatus.Finished)).isEqualTo(GlobalTxOutcome.FORGOTTEN);
        assertThat(SeataCoordinator.outcome(GlobalStatus.Begin)).isEqualTo(GlobalTxOutcome.RUNNING);
        assertThat(SeataCoordinator.outcome(GlobalStatus.UnKnown)).isEqualTo(GlobalTxOutcome.UNKNOWN);
    }
}
