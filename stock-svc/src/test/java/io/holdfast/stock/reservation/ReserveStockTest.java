package io.holdfast.stock.reservation;

import io.holdfast.stock.Branches;
import io.holdfast.stock.StockTables;
import org.springframework.beans.factory.annotation.Autowired;

class ReserveStockTest extends ReserveStockContract {

    ReserveStockTest(@Autowired Branches.Factory branches, @Autowired StockTables tables) {
        super(branches, tables);
    }
}
