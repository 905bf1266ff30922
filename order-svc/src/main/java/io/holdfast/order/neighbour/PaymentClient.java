package io.holdfast.order.neighbour;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** The Try of payment.open, and what became of payments. */
@FeignClient(name = "payment-svc", contextId = "payment")
interface PaymentClient {

    @PostMapping("/internal/payments")
    Opened open(@RequestBody PaymentsToOpen payments);

    @PostMapping("/internal/payments/outcomes")
    Outcomes outcomes(@RequestBody OutcomesOf payments);

    record PaymentsToOpen(List<PaymentToOpen> orders) {}

    record PaymentToOpen(String orderId, String buyerId, Amount amount) {}

    record Amount(long minor, String currency) {}

    record Opened(@Nullable List<String> opened) {}

    record OutcomesOf(String xid, List<String> orderIds) {}

    record Outcomes(@Nullable List<@Nullable Outcome> outcomes) {}

    record Outcome(@Nullable String orderId, @Nullable String outcome) {}
}
