package io.holdfast.stock.receipt;

import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Stock")
class ReceiptResource {

    private final Receiving receiving;

    ReceiptResource(Receiving receiving) {
        this.receiving = receiving;
    }

    @Operation(
            summary = "Goods in; the first receipt makes the SKU",
            description =
                    "The goods are available at once. The same key with another SKU or quantity is refused with 422"
                            + " `idempotency-key-reused`; a quantity that cannot be counted any more with 400 `quantity-too-large`.")
    @ApiResponse(responseCode = "201", description = "The goods are in")
    @ApiResponse(responseCode = "200", description = "They were in before: the same key and body came again")
    @PostMapping("/stock/{sku}/receipts")
    ResponseEntity<ReceiptBody> receive(
            @Parameter(schema = @Schema(type = "string", pattern = Sku.FORM)) @PathVariable Sku sku,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @Valid @RequestBody ReceiptRequest request) {
        AuditedAction.describe("sku " + sku, Long.toString(request.quantity()));
        return receiving
                .receive(key, sku, new Quantity(request.quantity()))
                .fold(
                        received -> ResponseEntity.created(URI.create("/stock/" + sku))
                                .body(ReceiptBody.of(received.receipt())),
                        repeated -> ResponseEntity.ok(ReceiptBody.of(repeated.receipt())),
                        keyReused -> {
                            throw new ProblemException(
                                    HttpStatus.UNPROCESSABLE_CONTENT,
                                    "idempotency-key-reused",
                                    "This Idempotency-Key stands for another receipt.");
                        },
                        tooMany -> {
                            throw new ProblemException(
                                    HttpStatus.BAD_REQUEST,
                                    "quantity-too-large",
                                    "That many more of this SKU cannot be counted.");
                        });
    }

    record ReceiptRequest(
            @NotNull @Positive @Schema(example = "100") Long quantity) {}

    @Schema(name = "Receipt")
    record ReceiptBody(String sku, long quantity, Instant receivedAt) {

        static ReceiptBody of(ReceiptRow receipt) {
            return new ReceiptBody(
                    receipt.sku(), receipt.quantity(), receipt.createdAt().toInstant(ZoneOffset.UTC));
        }
    }
}
