package io.holdfast.comparison.at;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Downstreams;
import io.holdfast.comparison.Order;
import io.holdfast.comparison.Placing;
import org.apache.seata.spring.annotation.GlobalTransactional;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The global transaction. Public with a public method, so that Seata can wrap it. */
@Component
@Profile(ComparisonApplication.ORDER)
public class AtPlacing implements Placing {

    private static final String WAY = "at";

    private final AtDatabase database;
    private final Downstreams.Stock stock;
    private final Downstreams.Payments payments;

    AtPlacing(AtDatabase database, Downstreams.Stock stock, Downstreams.Payments payments) {
        this.database = database;
        this.stock = stock;
        this.payments = payments;
    }

    @Override
    public String way() {
        return WAY;
    }

    @Override
    @GlobalTransactional(name = "comparison.at", rollbackFor = Throwable.class)
    public void place(Order order) {
        stock.take(WAY, order);
        payments.pay(WAY, order);
        database.inTransaction(ledger -> ledger.enter(order, "PAID"));
    }
}
