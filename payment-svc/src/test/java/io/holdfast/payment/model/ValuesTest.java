package io.holdfast.payment.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final BuyerId ANN = new BuyerId("ann");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "ann.lee@example.org",
                "A_b-9",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void aBuyerIdIsUpToSixtyFourHarmlessCharacters(String value) {
        assertThat(new BuyerId(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ann ",
                "ann\n",
                "a'; drop table account; --",
                "änn",
                "a/b",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void anythingElseIsNoBuyerId(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new BuyerId(value));
        assertThatIllegalArgumentException().isThrownBy(() -> new OrderId(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CN", "CNYY", "cny", "CN1", "CN ", "ÇNY"})
    void aCurrencyIsThreeUpperCaseLetters(String currency) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Money(1, currency));
    }

    @Test
    void moneyIsNotNegativeAndAPaymentNotNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Money(-1, "CNY"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PaymentRequest(new OrderId("o-1"), ANN, new Money(0, "CNY")));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 5, 3, 1",
        "10, 5, 3, 3",
        "10, 11, -1, 0",
        "-1, 0, 0, -1",
        // Wraps around when it is added up.
        "1, 9223372036854775807, 9223372036854775807, 3"
    })
    void anAccountWhosePartsAreNotItsWholeCannotBeMade(long deposited, long balance, long frozen, long spent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Account(ANN, "CNY", deposited, balance, frozen, spent))
                .withMessageStartingWith("I2");
    }

    @Test
    void anAccountMayBeAsLargeAsItsColumns() {
        assertThat(new Account(ANN, "CNY", Long.MAX_VALUE, Long.MAX_VALUE - 2, 1, 1).balance())
                .isEqualTo(Long.MAX_VALUE - 2);
    }
}
