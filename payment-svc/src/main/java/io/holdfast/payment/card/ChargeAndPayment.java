package io.holdfast.payment.card;

import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.PaymentStatus;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What is known here of a charge, beside the payment that it belongs to.
 *
 * @param pending whether its void or refund is pending
 */
record ChargeAndPayment(
        String chargeKey,
        String orderId,
        long amount,
        String currency,
        ChargeStatus status,
        @Nullable String gatewayId,
        LocalDateTime changedAt,
        PaymentStatus payment,
        boolean pending) {

    Money money() {
        return new Money(amount, currency);
    }
}
