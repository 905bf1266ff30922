package io.holdfast.stock.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "SKU-1", "1.2_3-4", "0123456789012345678901234567890123456789012345678901234567890123"})
    void skusAreShortPlainWords(String value) {
        assertThat(new Sku(value)).hasToString(value);
        assertThat(new OrderId(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a\n",
                "é",
                "a'; drop table stock; --",
                "../a",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void everythingElseIsNoSkuAndNoOrderId(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sku(value)).withMessageStartingWith("a SKU is");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OrderId(value))
                .withMessageStartingWith("an order id");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a@b", "..@b"})
    void peopleNameNoSkuThatAPathCannotHave(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sku.of(value)).withMessageStartingWith("a SKU is");
        assertThat(value).doesNotMatch(Sku.FORM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", ".a", "a.", "..a", "a..", "-", "_"})
    void otherDotsArePartsOfSkus(String value) {
        assertThat(Sku.of(value)).hasToString(value);
        assertThat(value).matches(Sku.FORM);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aQuantityIsPositive(long value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Quantity(value));
    }

    @Test
    void quantitiesDoNotOverflow() {
        assertThat(new Quantity(2).plus(new Quantity(3))).isEqualTo(new Quantity(5));
        assertThatThrownBy(() -> new Quantity(Long.MAX_VALUE).plus(new Quantity(1)))
                .isInstanceOf(ArithmeticException.class);
    }

    @ParameterizedTest
    @CsvSource({"10,3,3,4", "0,0,0,0", "9223372036854775807,9223372036854775807,0,0"})
    void theStockOfASkuAddsUp(long received, long available, long reserved, long sold) {
        assertThat(new StockLevel(new Sku("a"), received, available, reserved, sold).received())
                .isEqualTo(received);
    }

    @ParameterizedTest
    @CsvSource({
        "10,3,3,3",
        "10,11,-1,0",
        "-1,-1,0,0",
        // Their sum overflows to exactly what was received.
        "9223372036854775806,9223372036854775807,9223372036854775807,9223372036854775807"
    })
    void aStockThatDoesNotAddUpCannotBeMade(long received, long available, long reserved, long sold) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StockLevel(new Sku("a"), received, available, reserved, sold))
                .withMessageStartingWith("I1");
    }

    @Test
    void anOrderHasLinesSortedBySkuThatNobodyChanges() {
        TreeMap<Sku, Quantity> lines =
                new TreeMap<>(Map.of(new Sku("b"), new Quantity(1), new Sku("B"), new Quantity(2)));
        OrderLines order = new OrderLines(new OrderId("o"), lines);
        lines.clear();

        assertThat(order.lines().keySet()).containsExactly(new Sku("B"), new Sku("b"));
        assertThatThrownBy(() -> order.lines().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> OrderLines.of(new OrderId("o"), Map.of()));
    }
}
