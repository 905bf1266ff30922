package io.holdfast.gateway.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "POST, /charges, AUTHORIZE, -",
                "POST, /charges/ch_1/capture, CAPTURE, ch_1",
                "POST, /charges/ch_1/void, VOID, ch_1",
                "POST, /charges/ch_1/refund, REFUND, ch_1",
                "GET, /charges, QUERY, -",
                "GET, /charges/ch_1, QUERY, ch_1",
                "HEAD, /charges/ch_1, QUERY, ch_1"
            })
    void whatIsCalledIsToldFromMethodAndPath(String method, String path, Target operation, @Nullable String charge) {
        assertThat(Call.of(method, path)).contains(new Call(operation, charge));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /charges/",
        "POST, /charges/ch_1/forget",
        "POST, /charges/ch_1/capture/again",
        "GET, /charges/ch_1/capture",
        "DELETE, /charges/ch_1",
        "GET, /ledger",
        "PUT, /behaviour"
    })
    void nothingElseIsACallToMisbehaveAt(String method, String path) {
        assertThat(Call.of(method, path)).isEmpty();
    }
}
