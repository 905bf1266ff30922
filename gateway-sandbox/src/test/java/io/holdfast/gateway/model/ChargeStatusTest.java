package io.holdfast.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ChargeStatusTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "AUTHORIZED, AUTHORIZE, -",
                "AUTHORIZED, CAPTURE, CAPTURED",
                "AUTHORIZED, VOID, VOIDED",
                "AUTHORIZED, REFUND, -",
                "CAPTURED, AUTHORIZE, -",
                "CAPTURED, CAPTURE, -",
                "CAPTURED, VOID, -",
                "CAPTURED, REFUND, REFUNDED",
                "VOIDED, AUTHORIZE, -",
                "VOIDED, CAPTURE, -",
                "VOIDED, VOID, -",
                "VOIDED, REFUND, -",
                "REFUNDED, AUTHORIZE, -",
                "REFUNDED, CAPTURE, -",
                "REFUNDED, VOID, -",
                "REFUNDED, REFUND, -",
                "DECLINED, AUTHORIZE, -",
                "DECLINED, CAPTURE, -",
                "DECLINED, VOID, -",
                "DECLINED, REFUND, -"
            })
    void everyStepIsInTheTableOrRefused(ChargeStatus from, Operation operation, ChargeStatus next) {
        assertThat(from.after(operation)).isEqualTo(Optional.ofNullable(next));
    }

    @Test
    void theTableAboveIsComplete() {
        assertThat(ChargeStatus.values().length * Operation.values().length).isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource(ChargeStatus.class)
    void eachStatusHasARefusalThatNamesIt(ChargeStatus status) {
        assertThat(Refusal.becauseOf(status).code())
                .isEqualTo("charge-" + status.name().toLowerCase());
        assertThat(Refusal.becauseOf(status).kind()).isEqualTo(Refusal.Kind.CONFLICT);
    }

    @Test
    void everyStepHasTheEffectOfItsName() {
        Arrays.stream(ChargeStatus.values())
                .filter(status -> status != ChargeStatus.DECLINED)
                .forEach(status -> assertThat(Effect.of(status).name()).isEqualTo(status.name()));
        assertThat(Effect.of(ChargeStatus.DECLINED)).isEqualTo(Effect.NONE);
    }
}
