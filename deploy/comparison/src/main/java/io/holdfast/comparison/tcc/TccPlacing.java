package io.holdfast.comparison.tcc;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Neighbours;
import io.holdfast.comparison.Order;
import org.apache.seata.spring.annotation.GlobalTransactional;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The global transaction. Public with a public method, so that Seata can wrap it. */
@Component
@Profile(ComparisonApplication.ORDER)
public class TccPlacing {

    private final PlaceOrder order;
    private final Neighbours.Stock stock;
    private final Neighbours.Payments payments;

    TccPlacing(PlaceOrder order, Neighbours.Stock stock, Neighbours.Payments payments) {
        this.order = order;
        this.stock = stock;
        this.payments = payments;
    }

    @GlobalTransactional(name = "comparison.tcc", rollbackFor = Throwable.class)
    public void place(Order placed) {
        order.place(null, placed, placed.orderId());
        stock.take(TccOrders.WAY, placed);
        payments.pay(TccOrders.WAY, placed);
    }
}
