package io.holdfast.payment.account;

import io.holdfast.payment.model.Money;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;

/** An amount of money in a request. Zero is refused. */
public record MoneyBody(
        @Positive long minor,

        @NotNull @Pattern(regexp = Money.CURRENCY_FORM, message = "must be three upper-case letters")
        String currency) {

    public Money toMoney() {
        return new Money(minor, currency);
    }
}
