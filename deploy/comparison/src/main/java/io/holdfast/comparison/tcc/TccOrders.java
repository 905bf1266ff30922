package io.holdfast.comparison.tcc;

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
class TccOrders {

    static final String WAY = "tcc";

    private final TccPlacing placing;

    TccOrders(TccPlacing placing) {
        this.placing = placing;
    }

    /** The answer says what was decided; Seata's commit returns the same when a Confirm failed and is still to be repeated. */
    @PostMapping("/tcc/orders")
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
