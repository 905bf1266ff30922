package io.holdfast.comparison.plain;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Ledger;
import io.holdfast.comparison.Neighbours;
import io.holdfast.comparison.NotPlaced;
import io.holdfast.comparison.Order;
import java.security.Principal;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes, pays, and writes the order down last: the fewest statements and commits that do the work. */
@RestController
@Profile(ComparisonApplication.ORDER)
class PlainOrders {

    static final String WAY = "plain";

    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Neighbours.Stock stock;
    private final Neighbours.Payments payments;

    PlainOrders(
            JdbcTemplate sql, TransactionTemplate transaction, Neighbours.Stock stock, Neighbours.Payments payments) {
        this.ledger = new Ledger(sql);
        this.transaction = transaction;
        this.stock = stock;
        this.payments = payments;
    }

    @PostMapping("/plain/orders")
    @ResponseStatus(HttpStatus.CREATED)
    Order.Placed place(
            Principal buyer, @RequestHeader("Idempotency-Key") String key, @RequestBody Order.Wanted wanted) {
        Order order = Order.of(WAY, buyer.getName(), key, wanted);
        try {
            stock.take(WAY, order);
            payments.pay(WAY, order);
            transaction.executeWithoutResult(running -> ledger.enter(order, "PAID"));
            return order.paid();
        } catch (RuntimeException e) {
            throw NotPlaced.because(e);
        }
    }
}
