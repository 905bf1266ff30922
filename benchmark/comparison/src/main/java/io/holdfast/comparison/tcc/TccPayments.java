package io.holdfast.comparison.tcc;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Order;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.PAYMENT)
class TccPayments {

    private final OpenPayment action;

    TccPayments(OpenPayment action) {
        this.action = action;
    }

    @PostMapping("/internal/tcc/payments")
    void open(@RequestBody Order order) {
        action.open(null, order, order.orderId(), order.account(), order.totalMinor());
    }
}
