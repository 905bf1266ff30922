package io.holdfast.stock.level;

import io.holdfast.stock.model.Sku;
import io.holdfast.stock.model.StockLevel;

/** A row of {@code stock}. */
record LevelRow(String sku, long received, long available, long reserved, long sold) {

    StockLevel toLevel() {
        return new StockLevel(new Sku(sku), received, available, reserved, sold);
    }
}
