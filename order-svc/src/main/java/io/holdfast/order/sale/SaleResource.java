package io.holdfast.order.sale;

import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleState;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.ValidationError;
import io.holdfast.order.sale.SaleRepository.Asked;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Sales", description = "Flash sales: goods allocated to a sale, for a time, a number to each buyer")
class SaleResource {

    private final SaleRepository repository;
    private final SaleLifecycle lifecycle;
    private final SaleCache sales;
    private final SaleTallyCache tallies;
    private final Clock clock;

    SaleResource(
            SaleRepository repository, SaleLifecycle lifecycle, SaleCache sales, SaleTallyCache tallies, Clock clock) {
        this.repository = repository;
        this.lifecycle = lifecycle;
        this.sales = sales;
        this.tallies = tallies;
        this.clock = clock;
    }

    @PostMapping("/sales")
    @Operation(summary = "Make a sale", description = """
                    Allocates the quota from the normal stock; what has not been sold comes back when the sale closes. It opens \
                    and closes by itself at its times, and may be paused, opened and closed by hand before.""")
    @ApiResponse(
            responseCode = "201",
            description = "The quota is allocated, and the sale is SCHEDULED or OPEN",
            headers = @Header(name = "Location", description = "Where the sale is to be found"))
    @ApiResponse(responseCode = "200", description = "The sale that this key made before")
    @ApiResponse(responseCode = "400", description = "`invalid-sale`, with `errors`; or the key is missing or invalid")
    @ApiResponse(responseCode = "409", description = "`quota-exceeds-stock`: there are not that many available")
    @ApiResponse(responseCode = "422", description = "`idempotency-key-reused`: the key has made another sale")
    @ApiResponse(
            responseCode = "503",
            description =
                    "`outcome-unknown`: stock-svc has not said whether the quota is allocated. It will be asked again; the"
                            + " same request, or GET, tells how it ended")
    ResponseEntity<SaleView> make(
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key, @RequestBody MakeSaleRequest request) {
        SaleTerms terms = request.terms();
        Optional<Asked> earlier = repository.findByKey(key.value());
        if (earlier.isPresent()) {
            return answer(lifecycle.prepare(sameAs(terms, earlier.get())), HttpStatus.OK);
        }
        Instant now = clock.instant();
        if (!terms.closesAt().isAfter(now)) {
            throw SaleProblems.invalid(List.of(new ValidationError("closesAt", "must be in the future")));
        }
        Sale sale = new Sale(new SaleId(UUID.randomUUID().toString()), terms, SaleStage.PREPARING, null, now);
        AuditedAction.describe("sale " + sale.id() + " of " + terms.sku(), Integer.toString(terms.quota()));
        if (!repository.enter(sale, key.value())) {
            Asked duplicate = repository
                    .findByKey(key.value())
                    .orElseThrow(
                            () -> new IllegalStateException("The sale that took the key of " + sale.id() + " is gone"));
            return answer(lifecycle.prepare(sameAs(terms, duplicate)), HttpStatus.OK);
        }
        return answer(lifecycle.prepare(sale), HttpStatus.CREATED);
    }

    @GetMapping("/sales/{saleId}")
    @Operation(
            summary = "Show a sale",
            description =
                    "The figures are at most a quarter of a second old, or some seconds if it takes long to count them.")
    @ApiResponse(responseCode = "200", description = "The sale")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    SaleView show(@Parameter(schema = @Schema(format = "uuid")) @PathVariable String saleId) {
        return view(find(saleId));
    }

    @PostMapping("/sales/{saleId}/pause")
    @Operation(summary = "Pause a sale", description = "Nothing is sold until it is opened again.")
    @ApiResponse(responseCode = "200", description = "The sale is PAUSED")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    @ApiResponse(responseCode = "409", description = "`sale-state`: it is over, or not ready yet")
    SaleView pause(@Parameter(schema = @Schema(format = "uuid")) @PathVariable String saleId) {
        return view(require(SaleState.PAUSED, lifecycle.pause(find(saleId)), "paused"));
    }

    @PostMapping("/sales/{saleId}/open")
    @Operation(summary = "Open a sale", description = "One that is paused goes on; one that is SCHEDULED opens now.")
    @ApiResponse(responseCode = "200", description = "The sale is OPEN")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    @ApiResponse(responseCode = "409", description = "`sale-state`: it is over, or not ready yet")
    SaleView open(@Parameter(schema = @Schema(format = "uuid")) @PathVariable String saleId) {
        return view(require(SaleState.OPEN, lifecycle.open(find(saleId)), "opened"));
    }

    @PostMapping("/sales/{saleId}/close")
    @Operation(
            summary = "Close a sale",
            description =
                    "For good. What has not been sold is normal stock again, in a moment or once stock-svc is back.")
    @ApiResponse(responseCode = "200", description = "The sale is CLOSED")
    @ApiResponse(responseCode = "404", description = "`not-found`: there is no such sale")
    @ApiResponse(responseCode = "409", description = "`sale-state`: it is not ready yet, or was refused")
    SaleView close(@Parameter(schema = @Schema(format = "uuid")) @PathVariable String saleId) {
        return view(require(SaleState.CLOSED, lifecycle.close(find(saleId)), "closed"));
    }

    private ResponseEntity<SaleView> answer(Sale sale, HttpStatus status) {
        if (sale.stage() == SaleStage.PREPARING) {
            throw SaleProblems.outcomeUnknown(sale);
        }
        sale.refusal().ifPresent(why -> {
            throw SaleProblems.refused(sale, why);
        });
        return ResponseEntity.status(status)
                .location(URI.create("/sales/" + sale.id()))
                .body(view(sale));
    }

    private static Sale sameAs(SaleTerms terms, Asked earlier) {
        if (!earlier.terms().equals(terms)) {
            throw SaleProblems.keyReused();
        }
        return earlier.sale();
    }

    private Sale require(SaleState wanted, Sale sale, String done) {
        SaleState state = sale.stateAt(clock.instant());
        if (state != wanted) {
            throw SaleProblems.wrongState(state, done);
        }
        return sale;
    }

    private Sale find(String saleId) {
        return Optional.of(saleId)
                .filter(SaleId::isWellFormed)
                .flatMap(id -> sales.find(new SaleId(id)))
                .orElseThrow(SaleProblems::noSuchSale);
    }

    private SaleView view(Sale sale) {
        return SaleView.of(sale, tallies.of(sale.id()), clock.instant());
    }
}
