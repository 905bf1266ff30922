package io.holdfast.stock.sale;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.sale.SaleQuotaMapper.SetApartRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What is set apart for sales, for whoever compares it with the sales. */
@RestController
@Tag(name = "Internal")
class SetApartQuotasResource {

    private static final int MOST = 1_000;

    private final SaleQuotaMapper quotas;

    SetApartQuotasResource(SaleQuotaMapper quotas) {
        this.quotas = quotas;
    }

    @Operation(
            summary = "What is set apart for sales and was not returned, in the order of their ids",
            description = "A page after the sale `after`; a page that is not full is the last one.")
    @GetMapping("/internal/sales/quotas")
    QuotasBody setApart(
            @Parameter(schema = @Schema(type = "string", pattern = SaleId.FORM))
                    @RequestParam(required = false)
                    @Nullable
                    SaleId after,
            @Parameter(schema = @Schema(minimum = "1", maximum = "1000")) @RequestParam(defaultValue = "200")
                    int size) {
        if (size < 1 || size > MOST) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST, "invalid-request", "size has to be from 1 to " + MOST + ".");
        }
        return new QuotasBody(quotas.setApart(after == null ? "" : after.value(), size).stream()
                .map(SetApartBody::of)
                .toList());
    }

    @Schema(name = "SaleQuotas")
    record QuotasBody(List<SetApartBody> quotas) {}

    @Schema(name = "SetApart")
    record SetApartBody(String saleId, String sku, long quota, Instant setApartAt) {

        static SetApartBody of(SetApartRow row) {
            return new SetApartBody(
                    row.saleId(), row.sku(), row.quota(), row.setApartAt().toInstant(ZoneOffset.UTC));
        }
    }
}
