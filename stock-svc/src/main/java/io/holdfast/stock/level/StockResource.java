package io.holdfast.stock.level;

import io.holdfast.edge.ProblemException;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.model.StockLevel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Stock")
class StockResource {

    private final LevelMapper levels;

    StockResource(LevelMapper levels) {
        this.levels = levels;
    }

    @Operation(
            summary = "The stock of a SKU",
            description =
                    "At every instant received = available + reserved + sold. 404 `unknown-sku` if nothing was ever"
                            + " received under it.")
    @GetMapping("/stock/{sku}")
    LevelBody stock(@Parameter(schema = @Schema(type = "string", pattern = Sku.FORM)) @PathVariable Sku sku) {
        return levels.find(sku.value())
                .map(LevelRow::toLevel)
                .map(LevelBody::of)
                .orElseThrow(() ->
                        new ProblemException(HttpStatus.NOT_FOUND, "unknown-sku", "There is no SKU " + sku + "."));
    }

    @Schema(name = "StockLevel")
    record LevelBody(
            String sku,
            @Schema(description = "all that ever came in") long received,
            @Schema(description = "free to be ordered") long available,

            @Schema(description = "set aside for orders that are not decided yet")
            long reserved,

            long sold) {

        static LevelBody of(StockLevel level) {
            return new LevelBody(
                    level.sku().value(), level.received(), level.available(), level.reserved(), level.sold());
        }
    }
}
