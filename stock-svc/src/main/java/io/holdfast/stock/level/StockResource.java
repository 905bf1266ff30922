package io.holdfast.stock.level;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.model.StockLevel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.function.ToLongFunction;
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
        List<StockLevel> found = levels.findWithSales(sku.value()).stream()
                .map(LevelRow::toLevel)
                .toList();
        if (found.isEmpty()) {
            throw new ProblemException(HttpStatus.NOT_FOUND, "unknown-sku", "There is no SKU " + sku + ".");
        }
        return LevelBody.of(sku, found);
    }

    @Schema(name = "StockLevel")
    record LevelBody(
            String sku,
            @Schema(description = "all that ever came in") long received,
            @Schema(description = "free to be ordered") long available,

            @Schema(description = "set aside: for orders that are not decided yet, and for sales")
            long reserved,

            long sold,

            @Schema(description = "of what is reserved: set apart for sales, and not ordered in them yet")
            long setApart) {

        /** @param found the SKU itself, and what is set apart of it for sales */
        static LevelBody of(Sku sku, List<StockLevel> found) {
            long setApart = sum(found, level -> level.sku().isOfSale() ? level.available() : 0);
            return new LevelBody(
                    sku.value(),
                    sum(found, StockLevel::received),
                    sum(found, level -> level.sku().isOfSale() ? 0 : level.available()),
                    sum(found, StockLevel::reserved) + setApart,
                    sum(found, StockLevel::sold),
                    setApart);
        }

        private static long sum(List<StockLevel> levels, ToLongFunction<StockLevel> part) {
            return levels.stream().mapToLong(part).sum();
        }
    }
}
