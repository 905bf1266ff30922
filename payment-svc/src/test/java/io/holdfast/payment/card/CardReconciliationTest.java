package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.reconciliation.CheckRun.Outcome;
import io.holdfast.reconciliation.FindingState;
import io.holdfast.reconciliation.KnownFinding;
import io.holdfast.reconciliation.ReconciliationOperations;
import io.holdfast.tcc.GiveUpReason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Card payments compared with what the gateway has. */
class CardReconciliationTest extends OnCards {

    private final ReconciliationOperations reconciliation;
    private final PlatformTransactionManager transactionManager;

    CardReconciliationTest(
            @Autowired ApplicationContext service,
            @Autowired ReconciliationOperations reconciliation,
            @Autowired PlatformTransactionManager transactionManager) {
        super(service);
        this.reconciliation = reconciliation;
        this.transactionManager = transactionManager;
    }

    @Test
    void whatIsCapturedOrUndoneOnBothSidesIsNoFinding() {
        captured();

        look();
        look();

        assertThat(findings()).isEmpty();
        assertThat(outcome("charges-agree")).isEqualTo(Outcome.COMPLETED);
        assertThat(outcome("charges-known")).isEqualTo(Outcome.COMPLETED);
    }

    @Test
    void anOpenPaymentIsUnderWayAndNotLookedAt() {
        authorized();
        gateway.tellsOf(order, "VOIDED");

        look();
        look();

        assertThat(findings()).isEmpty();
    }

    @Test
    void moneyThatIsCapturedHereAndNotThereIsFoundAndLeftToPeople() {
        captured();
        gateway.tellsOf(order, "REFUNDED");

        look();
        look();

        assertThat(findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("charges-agree");
            assertThat(finding.detail())
                    .isEqualTo("order " + order
                            + ": the payment is CAPTURED, the charge is CAPTURED here and REFUNDED at the gateway");
            assertThat(finding.repair()).isNull();
        });
        gateway.tellsOf(order, "CAPTURED");
        look();
        assertThat(findings()).isEmpty();
    }

    @Test
    void anotherAmountIsFound() {
        captured();
        jdbc.update("update card_charge set amount = amount + 1 where order_id = ?", order);

        look();
        look();

        assertThat(findings()).singleElement().satisfies(finding -> assertThat(finding.detail())
                .contains("1999", "2000"));
        jdbc.update("update card_charge set amount = amount - 1 where order_id = ?", order);
    }

    @Test
    void whatTheGatewayHoldsForAPaymentThatEndedOtherwiseIsScheduledToBeUndoneOnceMore() {
        CardBranch branch = authorized();
        new TransactionTemplate(transactionManager).executeWithoutResult(status -> branch.steps()
                .giveUp(branch.context(), new GiveUpReason(GiveUpReason.Cause.DEADLINE, "no answer")));
        // As if it had been lost: restored from a backup, say.
        assertThat(jdbc.update(
                        "delete from void_or_refund where charge_key ="
                                + " (select charge_key from card_charge where order_id = ?)",
                        order))
                .isEqualTo(1);

        look();
        assertThat(voidOrRefundStatus()).isEmpty();
        look();

        assertThat(voidOrRefundStatus()).containsExactly("DUE");
        voidOrRefundEndsAs("VOIDED");
        look();
        assertThat(findings()).isEmpty();
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void aChargeThatNobodyHereMeantIsFound() {
        String stranger = gateway.chargeByHand("stranger-" + order);

        look();
        look();

        assertThat(all().stream().filter(finding -> finding.subject().equals(stranger)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.check()).isEqualTo("charges-known"));
        gateway.forget(stranger);
    }

    @Test
    void aGatewayThatIsAwayIsNoFinding() {
        captured();
        gateway.goAway();
        try {
            look();
            look();
        } finally {
            gateway.comeBack();
        }

        assertThat(findings()).isEmpty();
        assertThat(outcome("charges-agree")).isEqualTo(Outcome.NOT_COMPLETED);
    }

    private void captured() {
        CardBranch branch = authorized();
        branch.capture();
        paymentBecomes("CAPTURED");
    }

    private void look() {
        reconciliation.runNow("a test", "it wants to know");
    }

    private Outcome outcome(String check) {
        return reconciliation.checks().stream()
                .filter(view -> view.name().equals(check))
                .map(view -> view.last().outcome())
                .findFirst()
                .orElseThrow();
    }

    private List<KnownFinding> findings() {
        String key = jdbc.queryForObject("select charge_key from card_charge where order_id = ?", String.class, order);
        return all().stream().filter(finding -> finding.subject().equals(key)).toList();
    }

    private List<KnownFinding> all() {
        return reconciliation.findings(FindingState.OPEN, 1_000);
    }
}
