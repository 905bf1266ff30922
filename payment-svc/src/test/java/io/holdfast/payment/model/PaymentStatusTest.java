package io.holdfast.payment.model;

import static io.holdfast.payment.model.PaymentStatus.CAPTURED;
import static io.holdfast.payment.model.PaymentStatus.GIVEN_UP;
import static io.holdfast.payment.model.PaymentStatus.OPEN;
import static io.holdfast.payment.model.PaymentStatus.REFUNDED;
import static io.holdfast.payment.model.PaymentStatus.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaymentStatusTest {

    @Test
    void anOpenPaymentIsCapturedReleasedOrGivenUpAndACapturedOneMayBeRefunded() {
        List<String> steps = new ArrayList<>();
        for (PaymentStatus from : PaymentStatus.values()) {
            for (PaymentStatus next : PaymentStatus.values()) {
                if (from.nextSteps().contains(next)) {
                    steps.add(from.to(next).toString());
                } else {
                    assertThatIllegalArgumentException().isThrownBy(() -> from.to(next));
                }
            }
        }
        assertThat(steps)
                .containsExactly("OPEN to CAPTURED", "OPEN to RELEASED", "OPEN to GIVEN_UP", "CAPTURED to REFUNDED");
    }

    @Test
    void aCapturedPaymentStaysLiveAndAReleasedOneDoesNot() {
        assertThat(OPEN.isLive()).isTrue();
        assertThat(CAPTURED.isLive()).isTrue();
        assertThat(RELEASED.isLive()).isFalse();
        assertThat(GIVEN_UP.isLive()).isFalse();
        assertThat(OPEN.isFinal()).isFalse();
        assertThat(CAPTURED.isFinal()).isFalse();
        assertThat(REFUNDED.isLive()).isFalse();
        assertThat(REFUNDED.isFinal()).isTrue();
        assertThat(RELEASED.isFinal()).isTrue();
        assertThat(GIVEN_UP.isFinal()).isTrue();
    }

    @Test
    void theOutcomeOfATransactionIsThatOfItsLivePaymentIfThereIsOne() {
        assertThat(PaymentOutcome.of(List.of())).isEqualTo(PaymentOutcome.NONE);
        assertThat(PaymentOutcome.of(List.of(RELEASED))).isEqualTo(PaymentOutcome.RELEASED);
        assertThat(PaymentOutcome.of(List.of(RELEASED, OPEN))).isEqualTo(PaymentOutcome.OPEN);
        assertThat(PaymentOutcome.of(List.of(RELEASED, CAPTURED))).isEqualTo(PaymentOutcome.CAPTURED);
        assertThat(PaymentOutcome.of(List.of(RELEASED, REFUNDED))).isEqualTo(PaymentOutcome.CAPTURED);
        assertThat(PaymentOutcome.of(List.of(RELEASED, GIVEN_UP))).isEqualTo(PaymentOutcome.GIVEN_UP);
    }
}
