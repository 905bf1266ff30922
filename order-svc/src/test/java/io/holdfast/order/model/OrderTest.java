package io.holdfast.order.model;

import static io.holdfast.order.model.PurchaseTest.line;
import static io.holdfast.order.model.PurchaseTest.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {

    private static final OrderId ID = new OrderId("0198c0de-7f00-7abc-8def-0123456789ab");

    @Test
    void anOrderIsRefusedOnlyWithAReasonAndOnlyOnce() {
        Order order = Order.received(ID, purchase(line("a", 1, 5)), "key", Instant.EPOCH);
        Order refused = order.rejectedAtOnce(Rejection.soldOut(new Sku("a")));

        assertThat(refused.status()).isEqualTo(OrderStatus.REJECTED);
        assertThat(refused.whyRejected()).map(Rejection::reason).contains(Rejection.Reason.OUT_OF_STOCK);
        assertThatThrownBy(() -> refused.rejectedAtOnce(Rejection.unavailable()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Order(
                        ID,
                        order.purchase(),
                        order.total(),
                        "key",
                        order.requestHash(),
                        OrderStatus.REJECTED,
                        null,
                        null,
                        null,
                        null,
                        Instant.EPOCH,
                        null))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Order(
                        ID,
                        order.purchase(),
                        order.total(),
                        "key",
                        order.requestHash(),
                        OrderStatus.CLOSED,
                        "xid",
                        null,
                        null,
                        null,
                        Instant.EPOCH,
                        Instant.EPOCH))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anOrderIsClosedAsCancelledOnlyIfSomebodyWantedIt() {
        CancellationRequest request = CancellationRequest.of("Too many.", Instant.EPOCH);
        Closing cancelled = closing(Closing.Cause.CANCELLED);

        assertThat(order(OrderStatus.CLOSING, cancelled, request).cancellationRequest())
                .contains(request);
        assertThat(order(OrderStatus.CONFIRMING, null, request).cancellationRequest())
                .contains(request);
        assertThat(order(OrderStatus.CLOSED, closing(Closing.Cause.PAYMENT_GIVEN_UP), request)
                        .cancellationRequest())
                .contains(request);
        assertThatThrownBy(() -> order(OrderStatus.CLOSING, cancelled, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> order(OrderStatus.PAID, null, request)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() ->
                        new Closing(Closing.Cause.PAYMENT_GIVEN_UP, "no", Instant.EPOCH, null, null, Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CancellationRequest("x".repeat(201), Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Closing closing(Closing.Cause cause) {
        return new Closing(cause, "why", Instant.EPOCH, null, null, null);
    }

    private static Order order(OrderStatus status, @Nullable Closing closing, @Nullable CancellationRequest request) {
        Order order = Order.received(ID, purchase(line("a", 1, 5)), "key", Instant.EPOCH);
        return new Order(
                ID,
                order.purchase(),
                order.total(),
                "key",
                order.requestHash(),
                status,
                "xid",
                null,
                closing,
                request,
                Instant.EPOCH,
                null);
    }

    @Test
    void anOrderKnowsTheRequestItCameOf() {
        Order order = Order.received(ID, purchase(line("a", 1, 5)), "key", Instant.EPOCH);

        assertThat(order.cameOf(RequestHash.of(purchase(line("a", 1, 5))))).isTrue();
        assertThat(order.cameOf(RequestHash.of(purchase(line("a", 2, 5))))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "0198C0DE-7F00-7ABC-8DEF-0123456789AB",
                "0198c0de7f007abc8def0123456789ab",
                "' or '1'='1"
            })
    void anIdHasOneSpelling(String id) {
        assertThatThrownBy(() -> new OrderId(id)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aReasonThatIsTooLongIsCutAndNotRefused() {
        assertThat(new Rejection(Rejection.Reason.OUT_OF_STOCK, "x".repeat(600)).detail())
                .hasSize(500);
    }
}
