package io.holdfast.payment.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.StandInCoordinator.Coordinator.CardBranch;
import io.holdfast.payment.StandInGateway.Trouble;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A gateway that is away for longer than a Confirm may take. */
@TestPropertySource(properties = "holdfast.tcc.actions[payment.card].deadline=700ms")
class CardPaymentPastItsDeadlineTest extends OnCards {

    private static final Trouble[] FOR_EVER =
            Collections.nCopies(1000, Trouble.HANGS_UP).toArray(Trouble[]::new);

    CardPaymentPastItsDeadlineTest(@Autowired Parts parts) {
        super(parts);
    }

    @Test
    void aPaymentIsGivenUpWithoutTheGatewayAndVoidedOnceWhenItIsBack() {
        CardBranch branch = authorized();
        gateway.goAway();

        branch.capture();
        paymentBecomes("GIVEN_UP");
        outcomeIs("GIVEN_UP", "deadline: ");
        assertThat(obligation()).containsExactly("DUE");
        voidOrRefund.carryOutDue();
        assertThat(obligation()).containsExactly("DUE");

        gateway.comeBack();
        obligationEndsAs("VOIDED");
        assertThat(payment()).isEqualTo("GIVEN_UP");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "VOIDED");
    }

    @Test
    void aCaptureThatIsFoundToHaveSucceededAfterTheGiveUpIsRefundedOnce() {
        CardBranch branch = authorized();
        gateway.next("capture", Trouble.SILENT_AFTER);
        gateway.next("query", FOR_EVER);
        branch.capture();
        gateway.next("capture", FOR_EVER);

        paymentBecomes("GIVEN_UP");
        assertThat(obligation()).containsExactly("DUE");
        gateway.behave();

        obligationEndsAs("REFUNDED");
        assertThat(charge()).isEqualTo("REFUNDED");
        assertThat(gateway.effectsOn(order)).containsExactly("AUTHORIZED", "CAPTURED", "REFUNDED");
    }
}
