package io.holdfast.comparison.tcc;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Downstreams;
import io.holdfast.comparison.Order;
import io.holdfast.comparison.Placing;
import org.apache.seata.spring.annotation.GlobalTransactional;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The global transaction. Seata's commit returns the same when a Confirm failed and is still to be repeated, so PAID is what was
 * decided. Public with a public method, so that Seata can wrap it.
 */
@Component
@Profile(ComparisonApplication.ORDER)
public class TccPlacing implements Placing {

    private static final String WAY = "tcc";

    private final PlaceOrder order;
    private final Downstreams.Stock stock;
    private final Downstreams.Payments payments;

    TccPlacing(PlaceOrder order, Downstreams.Stock stock, Downstreams.Payments payments) {
        this.order = order;
        this.stock = stock;
        this.payments = payments;
    }

    @Override
    public String way() {
        return WAY;
    }

    @Override
    @GlobalTransactional(name = "comparison.tcc", rollbackFor = Throwable.class)
    public void place(Order placed) {
        order.place(null, placed, placed.orderId());
        stock.take(WAY, placed);
        payments.pay(WAY, placed);
    }
}
