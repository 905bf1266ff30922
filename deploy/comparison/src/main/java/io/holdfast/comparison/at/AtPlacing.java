package io.holdfast.comparison.at;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Neighbours;
import io.holdfast.comparison.Order;
import org.apache.seata.spring.annotation.GlobalTransactional;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The global transaction. Public with a public method, so that Seata can wrap it. */
@Component
@Profile(ComparisonApplication.ORDER)
public class AtPlacing {

    private final AtDatabase database;
    private final Neighbours.Stock stock;
    private final Neighbours.Payments payments;

    AtPlacing(AtDatabase database, Neighbours.Stock stock, Neighbours.Payments payments) {
        this.database = database;
        this.stock = stock;
        this.payments = payments;
    }

    @GlobalTransactional(name = "comparison.at", rollbackFor = Throwable.class)
    public void place(Order order) {
        stock.take(AtOrders.WAY, order);
        payments.pay(AtOrders.WAY, order);
        database.inTransaction(ledger -> ledger.enter(order, "PAID"));
    }
}
