package io.holdfast.systemtest.ownservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.tcc.TryRefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.core.exception.TransactionException;
import org.apache.seata.tm.api.GlobalTransaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the starter gives to a service of another team, with the real coordinator deciding and the real database keeping: also the
 * disorder that no lock from outside can bring about in the three services, because it lies between two lines of the fence.
 */
@OnThePlatform
@ExtendWith(OwnServiceExtension.class)
@Order(30)
class OwnServiceIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Databases databases;
    private final OwnService service;
    private final String buyer;

    OwnServiceIT(Databases databases, OwnService service) {
        this.databases = databases;
        this.service = service;
        this.buyer = service.newBuyer();
    }

    @AfterEach
    void leaveNoTransactionOnThisThread() {
        RootContext.unbind();
    }

    @Test
    void whatIsCommittedIsSpent() throws TransactionException {
        GlobalTransaction transaction = OwnService.begin();
        service.points().hold(null, buyer, 30);
        assertPoints(70, 30, 0);
        transaction.commit();

        awaitFence(transaction, "COMMITTED");
        assertPoints(70, 0, 30);
    }

    @Test
    void whatIsRolledBackIsGivenBack() throws TransactionException {
        GlobalTransaction transaction = OwnService.begin();
        service.points().hold(null, buyer, 30);
        transaction.rollback();

        awaitFence(transaction, "ROLLBACKED");
        assertPoints(100, 0, 0);
    }

    /** Suspension: the Cancel overtakes the Try of its own branch. What the late Try would reserve, nobody would ever release. */
    @Test
    void aTryThatIsOvertakenByItsCancelIsRefused() throws Exception {
        GlobalTransaction transaction = OwnService.begin();
        String xid = transaction.getXid();
        long emptyRollbacks = service.fenceCount("empty-rollback");
        long suspended = service.fenceCount("suspended");
        CompletableFuture<Throwable> late = CompletableFuture.supplyAsync(() -> {
            RootContext.bind(xid);
            service.database().makeThisThreadLate();
            try {
                service.points().hold(null, buyer, 30);
                return null;
            } catch (RuntimeException e) {
                return e;
            } finally {
                RootContext.unbind();
            }
        });
        await("the Try stands still").atMost(SOON).until(() -> service.database()
                .isAThreadLate());
        assertThat(databases.number("select count(*) from seata.branch_table where xid = ?", xid))
                .as("branches that the coordinator knows: registered, not yet tried")
                .isOne();
        assertThat(databases.fence("own_service", xid)).isEmpty();

        transaction.rollback();
        awaitFence(transaction, "SUSPENDED");
        assertThat(service.fenceCount("empty-rollback")).isEqualTo(emptyRollbacks + 1);
        assertThat(late).isNotDone();
        service.database().letTheLateThreadGoOn();

        assertThat(late.get(20, TimeUnit.SECONDS)).isInstanceOf(TryRefusedException.Suspended.class);
        assertThat(service.fenceCount("suspended")).isEqualTo(suspended + 1);
        assertThat(databases.fence("own_service", xid)).isEqualTo("SUSPENDED");
        assertPoints(100, 0, 0);
    }

    @Test
    void aConfirmWhoseAnswerIsLostComesAgainAndSpendsOnce() throws TransactionException {
        GlobalTransaction transaction = OwnService.begin();
        service.points().hold(null, buyer, 30);
        int lost = service.database().answersLost();
        long failed = service.fenceCount("confirm-failed");
        long repeated = service.fenceCount("repeated");
        service.database().loseTheNextAnswerToACommit();
        transaction.commit();

        await("the coordinator calls again").atMost(SOON).until(() -> gone(transaction));
        assertThat(service.database().answersLost()).isEqualTo(lost + 1);
        assertThat(service.fenceCount("confirm-failed")).isEqualTo(failed + 1);
        assertThat(service.fenceCount("repeated")).isEqualTo(repeated + 1);
        assertThat(databases.fence("own_service", transaction.getXid())).isEqualTo("COMMITTED");
        assertPoints(70, 0, 30);
    }

    @Test
    void aCancelWhoseAnswerIsLostComesAgainAndGivesBackOnce() throws TransactionException {
        GlobalTransaction transaction = OwnService.begin();
        service.points().hold(null, buyer, 30);
        int lost = service.database().answersLost();
        long failed = service.fenceCount("cancel-failed");
        long repeated = service.fenceCount("repeated");
        service.database().loseTheNextAnswerToACommit();
        transaction.rollback();

        await("the coordinator calls again").atMost(SOON).until(() -> gone(transaction));
        assertThat(service.database().answersLost()).isEqualTo(lost + 1);
        assertThat(service.fenceCount("cancel-failed")).isEqualTo(failed + 1);
        assertThat(service.fenceCount("repeated")).isEqualTo(repeated + 1);
        assertThat(databases.fence("own_service", transaction.getXid())).isEqualTo("ROLLBACKED");
        assertPoints(100, 0, 0);
    }

    /** The coordinator drops a branch once it has ended. */
    private boolean gone(GlobalTransaction transaction) {
        return databases.number("select count(*) from seata.branch_table where xid = ?", transaction.getXid()) == 0;
    }

    private void awaitFence(GlobalTransaction transaction, String status) {
        databases.awaitFence("own_service", transaction.getXid(), status);
    }

    private void assertPoints(long free, long held, long spent) {
        assertThat(databases.text(
                        "select concat_ws(' ', free, held, spent) from own_service.points where buyer = ?", buyer))
                .as("free, held and spent points")
                .isEqualTo(free + " " + held + " " + spent);
    }
}
