package io.holdfast.comparison.at;

import io.holdfast.comparison.ComparisonApplication;
import io.holdfast.comparison.Order;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Profile(ComparisonApplication.STOCK)
class AtStock {

    private final AtDatabase database;

    AtStock(AtDatabase database) {
        this.database = database;
    }

    @PostMapping("/internal/at/stock")
    void take(@RequestBody Order order) {
        database.inTransaction(ledger -> ledger.take(order));
    }
}
