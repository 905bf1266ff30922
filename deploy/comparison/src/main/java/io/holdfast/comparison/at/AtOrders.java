package io.holdfast.comparison.at;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.NotPlaced;
import io.holdfast.comparison.Order;
import java.security.Principal;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.ORDER)
class AtOrders {

    static final String WAY = "at";

    private final AtPlacing placing;

    AtOrders(AtPlacing placing) {
        this.placing = placing;
    }

    @PostMapping("/at/orders")
    @ResponseStatus(HttpStatus.CREATED)
    Order.Placed place(
            Principal buyer, @RequestHeader("Idempotency-Key") String key, @RequestBody Order.Wanted wanted) {
        Order order = Order.of(WAY, buyer.getName(), key, wanted);
        try {
            placing.place(order);
            return order.paid();
        } catch (RuntimeException e) {
            throw NotPlaced.because(e);
        }
    }
}
