package io.holdfast.stock.reservation;

import io.holdfast.stock.Branches;
import io.holdfast.stock.StockTables;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** The fence, too, leaves the isolation at the default of MySQL and MariaDB, which locks gaps. */
@TestPropertySource(
        properties = {
            "spring.datasource.hikari.transaction-isolation=TRANSACTION_REPEATABLE_READ",
            "holdfast.tcc.fence.isolation=REPEATABLE_READ"
        })
class ReserveStockUnderRepeatableReadTest extends ReserveStockContract {

    ReserveStockUnderRepeatableReadTest(@Autowired Branches.Factory branches, @Autowired StockTables tables) {
        super(branches, tables);
    }
}
