package io.holdfast.stock.sale;

import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.SaleId;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.sale.SaleQuotaMapper.AllocatedRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Allocates goods to a sale and takes them back, as order-svc asks; both may be repeated. Lists what is allocated, for its check. */
@RestController
@Tag(name = "Internal")
class SaleQuotaResource {

    private static final int MAX_PAGE_SIZE = 1_000;

    private final SaleQuotas quotas;
    private final SaleQuotaMapper mapper;

    SaleQuotaResource(SaleQuotas quotas, SaleQuotaMapper mapper) {
        this.quotas = quotas;
        this.mapper = mapper;
    }

    @Operation(
            summary = "Allocate goods to a sale",
            description = "Once, however often it is sent. 409 `quota-exceeds-stock`, with `available`; 409"
                    + " `sale-quota-differs` if the sale has or had another one; 404 `unknown-sku`.")
    @PutMapping("/internal/sales/{saleId}/quota")
    QuotaBody allocate(
            @Parameter(schema = @Schema(type = "string", pattern = SaleId.FORM)) @PathVariable SaleId saleId,
            @Valid @RequestBody QuotaBody wanted) {
        return quotas.allocate(saleId, new Sku(wanted.sku()), new Quantity(wanted.quota()))
                .fold(
                        () -> wanted,
                        available -> {
                            throw insufficientStock(wanted, available);
                        },
                        () -> {
                            throw new ProblemException(
                                    HttpStatus.NOT_FOUND, "unknown-sku", "There is no SKU " + wanted.sku() + ".");
                        },
                        () -> {
                            throw new ProblemException(
                                    HttpStatus.CONFLICT,
                                    "sale-quota-differs",
                                    "This sale has or had a quota, and another one than this.");
                        });
    }

    private static ProblemException insufficientStock(QuotaBody wanted, long available) {
        return new ProblemException(
                HttpStatus.CONFLICT,
                "quota-exceeds-stock",
                "Of " + wanted.sku() + " are " + available + " available, and " + wanted.quota() + " wanted.",
                Map.of("available", available));
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

    @Operation(
            summary = "What is allocated to sales and was not returned, in the order of their ids",
            description = "A page after the sale `after`; a page that is not full is the last one.")
    @GetMapping("/internal/sales/quotas")
    QuotasBody allocated(
            @Parameter(schema = @Schema(type = "string", pattern = SaleId.FORM))
                    @RequestParam(required = false)
                    @Nullable
                    SaleId after,
            @Parameter(schema = @Schema(minimum = "1", maximum = "1000")) @RequestParam(defaultValue = "200")
                    int size) {
        if (size < 1 || size > MAX_PAGE_SIZE) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST, "invalid-request", "size has to be from 1 to " + MAX_PAGE_SIZE + ".");
        }
        return new QuotasBody(mapper.allocated(after == null ? "" : after.value(), size).stream()
                .map(AllocatedBody::of)
                .toList());
    }

    @Schema(name = "SaleQuota")
    record QuotaBody(
            @NotNull @Pattern(regexp = Sku.FORM, message = "must be a SKU")
            String sku,

            @NotNull @Positive Long quota) {}

    /** @param returned pieces that went back with this call */
    @Schema(name = "ReturnedQuota")
    record ReturnedBody(long returned) {}

    @Schema(name = "SaleQuotas")
    record QuotasBody(List<AllocatedBody> quotas) {}

    @Schema(name = "SetApart")
    record AllocatedBody(String saleId, String sku, long quota, Instant setApartAt) {

        static AllocatedBody of(AllocatedRow row) {
            return new AllocatedBody(
                    row.saleId(), row.sku(), row.quota(), row.setApartAt().toInstant(ZoneOffset.UTC));
        }
    }
}
