package io.holdfast.order.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.Closing.Cause;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why an order was closed, as its buyer may read it. */
class ClosingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deadline: java.io.IOException: 127.0.0.1|The payment could not be taken in time.",
                "refused: the gateway does not capture the charge of order 0198c0de: card-declined|The payment was refused for good.",
                "java.io.IOException|The payment could not be taken.",
                "Order 0198c0de-7f00-7abc-8def-0123456789ab was late.|The payment could not be taken.",
                "NullPointerException.|The payment could not be taken.",
                "Duplicate entry 'alice' for key PRIMARY.|The payment could not be taken.",
                "The payment was given up.|The payment was given up."
            })
    void ofAPaymentThatWasGivenUpNothingIsToldThatIsForOperators(String reason, String told) {
        assertThat(new Closing(Cause.PAYMENT_GIVEN_UP, reason, Instant.EPOCH, null, null, null).reasonForBuyer())
                .isEqualTo(told);
    }

    @Test
    void whatWhoeverCancelledItSaidIsToldAsItWasSaid() {
        String reason = "Bestellung 17: zu gro\u00df";

        assertThat(new Closing(Cause.CANCELLED, reason, Instant.EPOCH, null, null, null).reasonForBuyer())
                .isEqualTo(reason);
    }
}
