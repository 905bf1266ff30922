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
        Fate fate = SeataCoordinator.fate(status);

        boolean commit = status.name().contains("Commit");
        boolean rollback = status.name().contains("Rollback");
        assertThat(fate == Fate.COMMITTED).isEqualTo(commit);
        assertThat(fate == Fate.ROLLED_BACK || fate == Fate.ROLLING_BACK).isEqualTo(rollback);
    }

    @Test
    void onlyAFinishedRollbackIsCalledRolledBack() {
        assertThat(SeataCoordinator.fate(GlobalStatus.Rollbacked)).isEqualTo(Fate.ROLLED_BACK);
        assertThat(SeataCoordinator.fate(GlobalStatus.TimeoutRollbacked)).isEqualTo(Fate.ROLLED_BACK);
        assertThat(SeataCoordinator.fate(GlobalStatus.RollbackRetrying)).isEqualTo(Fate.ROLLING_BACK);
        assertThat(SeataCoordinator.fate(GlobalStatus.TimeoutRollbackRetrying)).isEqualTo(Fate.ROLLING_BACK);
    }

    @Test
    void aTransactionThatTheCoordinatorDoesNotKnowIsForgottenAndNotRunning() {
        assertThat(SeataCoordinator.fate(GlobalStatus.Finished)).isEqualTo(Fate.FORGOTTEN);
        assertThat(SeataCoordinator.fate(GlobalStatus.Begin)).isEqualTo(Fate.RUNNING);
        assertThat(SeataCoordinator.fate(GlobalStatus.UnKnown)).isEqualTo(Fate.UNKNOWN);
    }
}
