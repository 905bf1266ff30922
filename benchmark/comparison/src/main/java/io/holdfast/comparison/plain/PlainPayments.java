package io.holdfast.comparison.plain;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Ledger;
import io.holdfast.comparison.Order;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.PAYMENT)
class PlainPayments {

    private final Ledger ledger;
    private final TransactionTemplate transaction;

    PlainPayments(JdbcTemplate sql, TransactionTemplate transaction) {
        this.ledger = new Ledger(sql);
        this.transaction = transaction;
    }

    @PostMapping("/internal/plain/payments")
    void pay(@RequestBody Order order) {
        transaction.executeWithoutResult(running -> ledger.pay(order));
    }
}
