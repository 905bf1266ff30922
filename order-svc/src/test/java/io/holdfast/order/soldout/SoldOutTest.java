package io.holdfast.order.soldout;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Money;
import io.holdfast.order.model.OrderLine;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoldOutTest {

    private static final Duration MEMORY = Duration.ofMillis(200);
    private static final Sku TEA = new Sku("tea");
    private static final Sku CUP = new Sku("cup");

    private long ticks;
    private final SoldOut soldOut = new SoldOut(MEMORY, 100, () -> ticks);

    @Test
    void whatIsSoldOutIsRememberedForAMoment() {
        soldOut.note(TEA, soldOut.now());

        assertThat(isSoldOut(TEA)).isTrue();
        assertThat(isSoldOut(CUP)).isFalse();
        ticks += MEMORY.toNanos();
        assertThat(isSoldOut(TEA)).isFalse();
    }

    @Test
    void goodsThatComeInAreNotSoldOut() {
        soldOut.note(TEA, soldOut.now());
        soldOut.note(CUP, soldOut.now());

        soldOut.goodsCameIn(TEA);

        assertThat(isSoldOut(TEA)).isFalse();
        assertThat(isSoldOut(CUP)).isTrue();
    }

    @Test
    void anAnswerThatMayBeOlderThanTheGoodsIsNoNews() {
        long asked = soldOut.now();
        soldOut.goodsCameIn(TEA);

        soldOut.note(TEA, asked);
        soldOut.note(CUP, asked);

        assertThat(isSoldOut(TEA)).isFalse();
        assertThat(isSoldOut(CUP)).isTrue();
    }

    @Test
    void whatIsSoldOutAgainIsRememberedAgain() {
        soldOut.goodsCameIn(TEA);

        soldOut.note(TEA, soldOut.now());

        assertThat(isSoldOut(TEA)).isTrue();
    }

    private boolean isSoldOut(Sku sku) {
        return soldOut.in(new Purchase(
                        new BuyerId("alice"),
                        List.of(new OrderLine(sku, new Quantity(1), new Money(1, "CNY"))),
                        PaymentMethod.WALLET))
                .isPresent();
    }
}
