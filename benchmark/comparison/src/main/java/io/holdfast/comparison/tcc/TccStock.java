package io.holdfast.comparison.tcc;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Order;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.STOCK)
class TccStock {

    private final ReserveStock action;

    TccStock(ReserveStock action) {
        this.action = action;
    }

    @PostMapping("/internal/tcc/stock")
    void reserve(@RequestBody Order order) {
        action.reserve(null, order, order.orderId(), order.sku(), order.quantity());
    }
}
