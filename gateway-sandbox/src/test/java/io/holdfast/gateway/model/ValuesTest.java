package io.holdfast.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "tok_ok, -",
                "tok_ok_visa_4242, -",
                "tok_declined, CARD_DECLINED",
                "tok_declined-2, CARD_DECLINED",
                "tok_insufficient, INSUFFICIENT_FUNDS",
                "tok_expired, CARD_EXPIRED",
                "tok_whatever, CARD_UNKNOWN",
                "tok_OK, CARD_UNKNOWN"
            })
    void aTokenSaysHowItsIssuerDecides(String token, Refusal refusal) {
        assertThat(new CardToken(token).decline()).isEqualTo(Optional.ofNullable(refusal));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ok", "tok_", "tok_a b", "tok_ok\n", "4111111111111111", "tok_ö"})
    void whatIsNoTokenIsRefusedWithoutBeingShown(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CardToken(value))
                .withMessage("is not a card token");
    }

    @Test
    void aTokenDoesNotShowItself() {
        assertThat(new CardToken("tok_ok_secret")).hasToString("tok_***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ch_", "ch_a-b", "x", "ch_ ", "ch_00000000000000000000000000000000000000"})
    void whatIsNoChargeIdIsRefused(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ChargeId(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a'", "ö"})
    void whatIsNoReferenceIsRefused(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Reference(value));
    }

    @ParameterizedTest
    @CsvSource({"0, CNY", "-1, CNY", "1, cny", "1, CN", "1, ''"})
    void whatIsNoMoneyIsRefused(long minor, String currency) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Money(minor, currency));
    }

    @Test
    void aChargeIsDeclinedForAReasonAndOnlyThen() {
        assertThatIllegalArgumentException().isThrownBy(() -> charge(ChargeStatus.DECLINED, Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> charge(ChargeStatus.AUTHORIZED, Optional.of(Refusal.CARD_DECLINED)));
        assertThat(charge(ChargeStatus.DECLINED, Optional.of(Refusal.CARD_EXPIRED))
                        .declinedAs())
                .contains(Refusal.CARD_EXPIRED);
    }

    private static Charge charge(ChargeStatus status, Optional<Refusal> declinedAs) {
        return new Charge(
                new ChargeId("ch_1"),
                new Reference("order-1"),
                new Money(1, "CNY"),
                status,
                declinedAs,
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
