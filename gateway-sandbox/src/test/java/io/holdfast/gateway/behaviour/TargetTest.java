package io.holdfast.gateway.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "POST, /charges, AUTHORIZE",
                "POST, /charges/ch_1/capture, CAPTURE",
                "POST, /charges/ch_1/void, VOID",
                "POST, /charges/ch_1/refund, REFUND",
                "GET, /charges, QUERY",
                "GET, /charges/ch_1, QUERY",
                "HEAD, /charges/ch_1, QUERY",
                "POST, /charges/, -",
                "POST, /charges/ch_1/forget, -",
                "POST, /charges/ch_1/capture/again, -",
                "GET, /charges/ch_1/capture, -",
                "DELETE, /charges/ch_1, -",
                "GET, /ledger, -",
                "PUT, /behaviour, -"
            })
    void whatIsCalledIsToldFromMethodAndPath(String method, String path, Target target) {
        assertThat(Target.of(method, path)).isEqualTo(Optional.ofNullable(target));
    }
}
