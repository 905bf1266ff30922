package io.holdfast.stock.sale;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.sale.SettingApart.Done;
import io.holdfast.stock.sale.SettingApart.TooFew;
import io.holdfast.stock.sale.SettingApart.UnknownSku;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The quota of a sale, as order-svc sets it apart and gives it back. Both may be sent again. */
@RestController
@Tag(name = "Internal")
class SaleQuotaResource {

    private final SaleQuotas quotas;

    SaleQuotaResource(SaleQuotas quotas) {
        this.quotas = quotas;
    }

    @Operation(
            summary = "Set goods apart for a sale",
            description = "Once, however often it is sent. 409 `quota-exceeds-stock`, with `available`; 409"
                    + " `sale-quota-differs` if the sale has or had another one; 404 `unknown-sku`.")
    @PutMapping("/internal/sales/{saleId}/quota")
    QuotaBody setApart(
            @Parameter(schema = @Schema(type = "string", pattern = SaleId.FORM)) @PathVariable SaleId saleId,
            @Valid @RequestBody QuotaBody wanted) {
        SettingApart outcome = quotas.setApart(saleId, new Sku(wanted.sku()), new Quantity(wanted.quota()));
        if (outcome instanceof Done) {
            return wanted;
        }
        if (outcome instanceof TooFew few) {
            throw new ProblemException(
                    HttpStatus.CONFLICT,
                    "quota-exceeds-stock",
                    "Of " + wanted.sku() + " are " + few.available() + " available, and " + wanted.quota() + " wanted.",
                    Map.of("available", few.available()));
        }
        if (outcome instanceof UnknownSku) {
            throw new ProblemException(HttpStatus.NOT_FOUND, "unknown-sku", "There is no SKU " + wanted.sku() + ".");
        }
        throw new ProblemException(
                HttpStatus.CONFLICT, "sale-quota-differs", "This sale has or had a quota, and another one than this.");
    }

    @Operation(
            summary = "A sale is over: what it has not sold, now and later, is normal stock again",
            description = "404 `unknown-sale` if nothing was ever set apart for it.")
    @PostMapping("/internal/sales/{saleId}/quota/return")
    ReturnedBody giveBack(
            @Parameter(schema = @Schema(type = "string", pattern = SaleId.FORM)) @PathVariable SaleId saleId) {
        return quotas.giveBack(saleId)
                .map(ReturnedBody::new)
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.NOT_FOUND, "unknown-sale", "Nothing was ever set apart for this sale."));
    }

    @Schema(name = "SaleQuota")
    record QuotaBody(
            @NotNull @Pattern(regexp = Sku.FORM, message = "must be a SKU")
            String sku,

            @NotNull @Positive Long quota) {}

    /** @param returned pieces that went back with this call */
    @Schema(name = "ReturnedQuota")
    record ReturnedBody(long returned) {}
}
