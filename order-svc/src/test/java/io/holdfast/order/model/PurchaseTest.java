package io.holdfast.order.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurchaseTest {

    private static final BuyerId ALICE = new BuyerId("alice");

    @Test
    void theTotalIsTheSumOverTheLines() {
        Purchase purchase = purchase(line("a", 2, 1999), line("b", 3, 10));

        assertThat(purchase.total()).isEqualTo(new Money(4028, "CNY"));
        assertThat(purchase.pieces()).isEqualTo(5);
    }

    @Test
    void aTotalThatOverflowsIsTooMuchAndNeverWrapsAround() {
        assertThat(Purchase.violationsOf(List.of(line("a", 2, Long.MAX_VALUE))))
                .singleElement()
                .asString()
                .contains("cost");
        assertThat(Purchase.violationsOf(List.of(line("a", 1, Long.MAX_VALUE), line("b", 1, Long.MAX_VALUE))))
                .singleElement()
                .asString()
                .contains("cost");
        assertThat(Purchase.violationsOf(List.of(line("a", 1, Purchase.MAX_TOTAL_MINOR))))
                .isEmpty();
        assertThat(Purchase.violationsOf(List.of(line("a", 1, Purchase.MAX_TOTAL_MINOR + 1))))
                .hasSize(1);
    }

    @Test
    void aSkuInSeveralLinesIsRefusedAndNamedOnce() {
        List<OrderLine> lines = List.of(line("a", 1, 1), line("b", 1, 1), line("a", 1, 1), line("a", 1, 1));

        assertThat(Purchase.violationsOf(lines)).singleElement().asString().contains("have a in several lines");
        assertThatThrownBy(() -> new Purchase(ALICE, lines, PaymentMethod.WALLET))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void allLinesHaveOneCurrency() {
        OrderLine euros = new OrderLine(new Sku("b"), new Quantity(1), new Money(1, "EUR"));

        assertThat(Purchase.violationsOf(List.of(line("a", 1, 1), euros)))
                .containsExactly("must all be priced in one currency");
    }

    @Test
    void anOrderOfNothingIsNone() {
        assertThat(Purchase.violationsOf(List.of())).hasSize(1);
    }

    @Test
    void theLimitsCountAllPiecesOfAllLines() {
        OrderLimits limits = new OrderLimits(2, 10);

        assertThat(limits.exceededBy(purchase(line("a", 4, 1), line("b", 6, 1))))
                .isEmpty();
        assertThat(limits.exceededBy(purchase(line("a", 4, 1), line("b", 7, 1))))
                .singleElement()
                .asString()
                .contains("at most 10");
        assertThat(limits.exceededBy(purchase(line("a", 1, 1), line("b", 1, 1), line("c", 1, 1))))
                .singleElement()
                .asString()
                .contains("2 lines");
    }

    @Test
    void piecesOfManyHugeLinesDoNotOverflow() {
        OrderLine[] lines = IntStream.range(0, 5)
                .mapToObj(i -> line("s" + i, Integer.MAX_VALUE, 1))
                .toArray(OrderLine[]::new);

        assertThat(purchase(lines).pieces()).isEqualTo(5L * Integer.MAX_VALUE);
        assertThat(new OrderLimits(200, 100).exceededBy(purchase(lines))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "ä",
                "a'",
                "a/b",
                "a\n",
                "12345678901234567890123456789012345678901234567890123456789012345"
            })
    void aSkuOfAnotherFormIsRefusedWithoutBeingRepeated(String sku) {
        assertThatThrownBy(() -> new Sku(sku))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("must be 1 to 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void whatNoPathCanHaveNamesNeitherGoodsNorABuyer(String name) {
        assertThatThrownBy(() -> Sku.named(name)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> BuyerId.named(name)).isInstanceOf(InvalidValueException.class);
        // Orders of before are still read.
        assertThat(new Sku(name).value()).isEqualTo(name);
        assertThat(new BuyerId(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", ".a", "a.", "..a"})
    void otherDotsArePartsOfNames(String name) {
        assertThat(Sku.named(name).value()).isEqualTo(name);
        assertThat(BuyerId.named(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE})
    void aQuantityThatIsNoneIsRefused(long quantity) {
        assertThatThrownBy(() -> Quantity.of(quantity)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void anOrderIsPaidFromTheWalletOrByCard() {
        assertThat(PaymentMethod.of("CARD")).isEqualTo(PaymentMethod.CARD);
        assertThatThrownBy(() -> PaymentMethod.of("wallet")).isInstanceOf(InvalidValueException.class);
        assertThat(PaymentMethod.of("WALLET")).isEqualTo(PaymentMethod.WALLET);
    }

    static Purchase purchase(OrderLine... lines) {
        return new Purchase(ALICE, List.of(lines), PaymentMethod.WALLET);
    }

    static OrderLine line(String sku, int quantity, long minor) {
        return new OrderLine(new Sku(sku), new Quantity(quantity), new Money(minor, "CNY"));
    }
}
