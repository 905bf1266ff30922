package io.holdfast.order.sale;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleState;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.reading.OrderView.Amount;
import io.holdfast.order.sale.SaleRepository.Tally;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A sale as it is shown outside. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Sale")
record SaleView(
        @Schema(format = "uuid") String saleId,
        @Schema(example = "apple-1") String sku,

        @Schema(description = "Pieces that were allocated to it", example = "1000")
        int quota,

        Amount unitPrice,
        Instant opensAt,
        Instant closesAt,

        @Schema(description = "Pieces that one buyer may have, over all orders", example = "1")
        int perBuyerLimit,

        @Schema(
                description =
                        "PREPARING: its quota is being allocated. SCHEDULED: it will open by itself. OPEN, PAUSED, CLOSED."
                                + " REFUSED: its quota could not be allocated, and it never was.")
        SaleState state,

        @Schema(description = "Pieces that nobody has and nobody is about to get")
        long left,

        @Schema(description = "Pieces of orders that are PAID")
        long sold,

        @Schema(
                description =
                        "Orders that were written down and refused. Requests that the admission refused are not counted here but in the"
                                + " metric holdfast_order_admission_total")
        long rejected,

        @Schema(description = "Why it never was; of a REFUSED sale only") @Nullable
        Refusal refusal) {

    static SaleView of(Sale sale, Tally tally, Instant now) {
        SaleTerms terms = sale.terms();
        return new SaleView(
                sale.id().value(),
                terms.sku().value(),
                terms.quota(),
                Amount.of(terms.unitPrice()),
                terms.opensAt(),
                terms.closesAt(),
                terms.perBuyerLimit(),
                sale.stateAt(now),
                terms.quota() - tally.held(),
                tally.sold(),
                tally.rejected(),
                sale.refusal().map(why -> new Refusal(why.code(), why.detail())).orElse(null));
    }

    @Schema(name = "SaleRefusal")
    record Refusal(String code, String detail) {}
}
