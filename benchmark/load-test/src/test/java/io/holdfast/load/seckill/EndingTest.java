package io.holdfast.load.seckill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingTest {

    @ParameterizedTest(name = "{0} {1}{2} is {3}")
    @CsvSource({
        "201, '', PAID, PAID",
        "200, '', PAID, PAID",
        "201, '', CONFIRMING, CONFIRMING",
        "409, sold-out, 409, SOLD_OUT",
        "409, already-bought, 409, ALREADY_BOUGHT",
        "409, sale-paused, 409, REFUSED",
        "403, sale-closed, 403, REFUSED",
        "409, order-in-progress, 409, NOT_SERVED",
        "425, sale-not-open, 425, NOT_SERVED",
        "429, too-many-orders, 429, NOT_SERVED",
        "503, outcome-unknown, 503, NOT_SERVED",
        "0, '', '', NOT_SERVED",
    })
    void anAnswerIsAnEnding(int status, String code, String order, Ending ending) {
        assertThat(Ending.of(status, code, order)).isEqualTo(ending);
    }

    @ParameterizedTest(name = "{0} {1}, order named: {2}")
    @CsvSource({
        "503, rolled-back, true, true",
        "503, service-unavailable, true, true",
        "503, service-unavailable, false, false",
        "503, outcome-unknown, true, false",
        "429, too-many-orders, false, false",
    })
    void onlyAnOrderThatIsRefusedForGoodNeedsANewKey(int status, String code, boolean namesOrder, boolean newKey) {
        assertThat(Ending.needsNewKey(status, code, namesOrder)).isEqualTo(newKey);
    }
}
