package io.holdfast.order.downstream;

import com.fasterxml.jackson.annotation.JsonInclude;
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

    /** Holds the amount of an open card payment on the card: no Try, a plain call in the global transaction. */
    @PostMapping("/internal/payments/authorizations")
    Authorized authorize(@RequestBody Authorization authorization);

    /** @param method null for WALLET, which is what is meant if nothing is said */
    record PaymentsToOpen(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String method,

            List<PaymentToOpen> orders) {}

    record Authorization(String orderId, String token) {

        /** Without the token. */
        @Override
        public String toString() {
            return "authorization of order " + orderId;
        }
    }

    record Authorized(@Nullable String orderId) {}

    record PaymentToOpen(String orderId, String buyerId, Amount amount) {}

    record Amount(long minor, String currency) {}

    record Opened(@Nullable List<String> opened) {}

    record OutcomesOf(String xid, List<String> orderIds) {}

    record Outcomes(@Nullable List<@Nullable Outcome> outcomes) {}

    /** @param reason of a payment that is GIVEN_UP */
    record Outcome(
            @Nullable String orderId,
            @Nullable String outcome,
            @Nullable String reason) {}
}
