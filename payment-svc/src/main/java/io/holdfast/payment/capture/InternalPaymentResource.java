package io.holdfast.payment.capture;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.payment.account.MoneyBody;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentMethod;
import io.holdfast.payment.model.PaymentOutcome;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.Refusal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What order-svc calls. */
@RestController
@RequestMapping("/internal/payments")
@Tag(name = "Internal")
class InternalPaymentResource {

    /** More orders than any batch has; one call must not hold its locks for long. */
    private static final int MAX_ORDERS = 1000;

    private final PaymentService service;
    private final PaymentRepository payments;

    InternalPaymentResource(PaymentService service, PaymentRepository payments) {
        this.service = service;
        this.payments = payments;
    }

    @Operation(
            summary = "Try: set the money of one or more orders aside, in the global transaction of the header TX_XID",
            description =
                    "All or nothing. 402 names in `refusals` every order that has to be left out, each with its `orderId`,"
                            + " `code`, `detail` and `available`: the orders are served in the order of the list, so the same list"
                            + " without those is granted as long as the accounts stay as they are. The code of the problem is that of"
                            + " the first refusal: `insufficient-funds` or `invalid-order` (another currency than the account's)."
                            + " 409 `order-busy` names the orders that have another payment already. The same request in the same"
                            + " global transaction sets aside once. With `method` CARD nothing is set aside here: the payments are"
                            + " opened, and each is then authorized by a call of its own.")
    @PostMapping
    OpenedBody open(@Valid @RequestBody OpenRequest request) {
        List<PaymentRequest> orders =
                request.orders().stream().map(OrderBody::toRequest).toList();
        requireDistinct(orders);
        PaymentMethod method = request.method() == null ? PaymentMethod.WALLET : request.method();
        return service.open(orders, method)
                .fold(
                        opened -> new OpenedBody(orders.stream()
                                .map(order -> order.order().value())
                                .toList()),
                        refused -> {
                            throw refusal(
                                    HttpStatus.PAYMENT_REQUIRED,
                                    refused.refusals().stream()
                                            .map(RefusalBody::of)
                                            .toList());
                        },
                        busy -> {
                            throw refusal(
                                    HttpStatus.CONFLICT,
                                    busy.orders().stream()
                                            .map(RefusalBody::busy)
                                            .toList());
                        });
    }

    @Operation(
            summary = "What a global transaction came to for each order",
            description =
                    "OPEN, CAPTURED, RELEASED, NONE, or GIVEN_UP with the `reason` why: then the order has to be closed.")
    @PostMapping("/outcomes")
    OutcomesBody outcomes(@Valid @RequestBody OutcomesRequest request) {
        Set<String> orderIds = new LinkedHashSet<>(request.orderIds());
        Map<String, List<OrderStatus>> found = payments.outcomes(request.xid(), orderIds);
        return new OutcomesBody(orderIds.stream()
                .map(id -> OrderOutcome.of(id, found.getOrDefault(id, List.of())))
                .toList());
    }

    private static void requireDistinct(List<PaymentRequest> orders) {
        long distinct = orders.stream().map(PaymentRequest::order).distinct().count();
        if (distinct != orders.size()) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST, "invalid-request", "The same order is named more than once.");
        }
    }

    private static ProblemException refusal(HttpStatus status, List<RefusalBody> refusals) {
        RefusalBody first = refusals.get(0);
        return new ProblemException(status, first.code(), first.detail(), Map.of("refusals", refusals));
    }

    /** @param method how all of the orders are paid; WALLET if it is left out */
    record OpenRequest(
            @Nullable PaymentMethod method,
            @NotEmpty @Size(max = MAX_ORDERS) List<@NotNull @Valid OrderBody> orders) {}

    record OrderBody(
            @NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id")
            String orderId,

            @NotNull @Pattern(regexp = BuyerId.FORM, message = "must be a buyer id")
            String buyerId,

            @NotNull @Valid MoneyBody amount) {

        PaymentRequest toRequest() {
            return new PaymentRequest(new OrderId(orderId), new BuyerId(buyerId), amount.toMoney());
        }
    }

    record OpenedBody(List<String> opened) {}

    /** @param available what the order could have had, in minor units of the account's currency */
    record RefusalBody(String orderId, String code, String detail, long available) {

        static RefusalBody of(Refusal refusal) {
            return new RefusalBody(
                    refusal.order().value(), refusal.reason().code(), refusal.detail(), refusal.availableMinor());
        }

        static RefusalBody busy(OrderId order) {
            return new RefusalBody(
                    order.value(),
                    "order-busy",
                    "The order has a payment already, of another global transaction or for something else.",
                    0);
        }
    }

    record OutcomesRequest(
            @NotNull @Pattern(regexp = "[!-~]{1,128}", message = "must be an xid")
            String xid,

            @NotEmpty @Size(max = MAX_ORDERS)
            List<@NotNull @Pattern(regexp = OrderId.FORM, message = "must be an order id") String> orderIds) {}

    record OutcomesBody(List<OrderOutcome> outcomes) {}

    /** @param reason why it was given up; null unless it was */
    record OrderOutcome(
            String orderId,
            PaymentOutcome outcome,
            @Nullable String reason) {

        static OrderOutcome of(String orderId, List<OrderStatus> payments) {
            PaymentOutcome outcome =
                    PaymentOutcome.of(payments.stream().map(OrderStatus::status).toList());
            return new OrderOutcome(
                    orderId,
                    outcome,
                    outcome != PaymentOutcome.GIVEN_UP
                            ? null
                            : payments.stream()
                                    .map(OrderStatus::reason)
                                    .filter(Objects::nonNull)
                                    .findFirst()
                                    .orElse(null));
        }
    }
}
