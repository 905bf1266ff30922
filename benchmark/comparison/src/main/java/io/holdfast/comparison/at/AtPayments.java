package io.holdfast.comparison.at;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Order;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.PAYMENT)
class AtPayments {

    private final AtDatabase database;

    AtPayments(AtDatabase database) {
        this.database = database;
    }

    @PostMapping("/internal/at/payments")
    void pay(@RequestBody Order order) {
        database.inTransaction(ledger -> ledger.pay(order));
    }
}
