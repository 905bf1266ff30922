package io.holdfast.order.downstream;

import io.holdfast.order.downstream.PaymentClient.Amount;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** What orders have paid in payment-svc. */
@FeignClient(name = "payment-svc", contextId = "payment-states")
interface PaymentStatesClient {

    @PostMapping("/internal/payments/states")
    States statesOf(@RequestBody StatesOf orders);

    record StatesOf(List<String> orderIds) {}

    /** @param owed orders of which a charge is still to be voided or refunded; null if payment-svc is too old to say */
    record States(
            @Nullable List<@Nullable State> payments,
            @Nullable List<@Nullable String> owed) {}

    record State(
            @Nullable String orderId,
            @Nullable String buyerId,
            @Nullable Amount amount,
            @Nullable String status) {}
}
