package io.holdfast.order.model;

import static io.holdfast.order.model.OrderStatus.CLOSED;
import static io.holdfast.order.model.OrderStatus.CLOSING;
import static io.holdfast.order.model.OrderStatus.CONFIRMING;
import static io.holdfast.order.model.OrderStatus.PAID;
import static io.holdfast.order.model.OrderStatus.PLACED;
import static io.holdfast.order.model.OrderStatus.RECEIVED;
import static io.holdfast.order.model.OrderStatus.REJECTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderStatusTest {

    @Test
    void theLifeOfAnOrderIsThatTable() {
        assertThat(nextOf(RECEIVED)).containsExactly(PLACED, REJECTED);
        assertThat(nextOf(PLACED)).containsExactly(CONFIRMING, PAID, CLOSING, REJECTED);
        assertThat(nextOf(CONFIRMING)).containsExactly(PAID, CLOSING);
        assertThat(nextOf(CLOSING)).containsExactly(CLOSED);
        assertThat(nextOf(CLOSED)).isEmpty();
        assertThat(nextOf(PAID)).containsExactly(CLOSING);
        assertThat(nextOf(REJECTED)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void noStatusComesBackToItself(OrderStatus status) {
        assertThat(status.mayBecome(status)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDecidedIsNeverDecidedOtherwise(OrderStatus status) {
        if (status.isDecided() && status != REJECTED) {
            assertThat(status.mayBecome(REJECTED)).isFalse();
        }
    }

    @Test
    void anOrderEndsInOneOfThree() {
        assertThat(Arrays.stream(OrderStatus.values()).filter(OrderStatus::hasEnded))
                .containsExactlyInAnyOrder(PAID, CLOSED, REJECTED);
    }

    private static OrderStatus[] nextOf(OrderStatus status) {
        return Arrays.stream(OrderStatus.values()).filter(status::mayBecome).toArray(OrderStatus[]::new);
    }
}
