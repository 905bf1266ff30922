package io.holdfast.comparison.plain;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Downstreams;
import io.holdfast.comparison.Ledger;
import io.holdfast.comparison.Order;
import io.holdfast.comparison.Placing;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes, pays, and writes the order down last: the fewest statements and commits that do the work. */
@Component
@Profile(ComparisonApplication.ORDER)
class PlainPlacing implements Placing {

    private static final String WAY = "plain";

    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Downstreams.Stock stock;
    private final Downstreams.Payments payments;

    PlainPlacing(
            JdbcTemplate sql, TransactionTemplate transaction, Downstreams.Stock stock, Downstreams.Payments payments) {
        this.ledger = new Ledger(sql);
        this.transaction = transaction;
        this.stock = stock;
        this.payments = payments;
    }

    @Override
    public String way() {
        return WAY;
    }

    @Override
    public void place(Order order) {
        stock.take(WAY, order);
        payments.pay(WAY, order);
        transaction.executeWithoutResult(running -> ledger.enter(order, "PAID"));
    }
}
