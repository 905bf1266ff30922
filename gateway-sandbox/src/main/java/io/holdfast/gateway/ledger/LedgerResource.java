package io.holdfast.gateway.ledger;

import io.holdfast.gateway.model.Effect;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Operation;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ledger, for reconciliation. No fault rule applies to it, so that tests that break the gateway can see what it did. */
@RestController
@RequestMapping("/ledger")
@Tag(name = "Ledger")
class LedgerResource {

    private static final int MAX_SIZE = 1000;

    private final Ledger ledger;

    LedgerResource(Ledger ledger) {
        this.ledger = ledger;
    }

    @io.swagger.v3.oas.annotations.Operation(
            summary = "Every decided request in the order of its number",
            description =
                    "A number is drawn before its entry is committed: while charges are made, an entry may appear behind "
                            + "a later one. Who follows the end of the ledger has to read the last minute again.")
    @GetMapping
    LedgerPage entries(
            @Parameter(schema = @Schema(type = "string", pattern = Reference.FORM))
                    @RequestParam(required = false)
                    @Nullable
                    Reference reference,
            @Parameter(description = "The next of the page before") @RequestParam(defaultValue = "0") @Min(0)
                    long after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MAX_SIZE) int size) {
        List<Ledger.Numbered> found =
                reference == null ? ledger.after(after, size + 1) : ledger.after(reference, after, size + 1);
        List<EntryBody> page = found.stream().limit(size).map(EntryBody::of).toList();
        return new LedgerPage(page, found.size() > size ? page.get(size - 1).number() : null);
    }

    @io.swagger.v3.oas.annotations.Operation(
            summary = "Sums per currency: held = authorized - captured - voided, taken = captured - refunded")
    @GetMapping("/totals")
    TotalsBody totals(
            @Parameter(schema = @Schema(type = "string", pattern = Reference.FORM))
                    @RequestParam(required = false)
                    @Nullable
                    Reference reference) {
        return new TotalsBody(
                ledger.totals(reference).stream().map(CurrencyTotals::of).toList());
    }

    /** @param next what to ask for as {@code after} to get the next page; null if this is the last one */
    record LedgerPage(List<EntryBody> entries, @Nullable Long next) {}

    /** @param refusal the code of the problem that the request was answered with, if it was refused */
    record EntryBody(
            long number,
            String chargeId,
            String reference,
            Operation operation,
            Money amount,
            Effect effect,
            @Nullable String refusal,
            String idempotencyKey,
            Instant at) {

        static EntryBody of(Ledger.Numbered numbered) {
            LedgerEntry entry = numbered.entry();
            return new EntryBody(
                    numbered.number(),
                    entry.charge().value(),
                    entry.reference().value(),
                    entry.operation(),
                    entry.amount(),
                    entry.effect(),
                    entry.refusal().map(Refusal::code).orElse(null),
                    entry.key(),
                    entry.at());
        }
    }

    record TotalsBody(List<CurrencyTotals> totals) {}

    record CurrencyTotals(Sum authorized, Sum captured, Sum voided, Sum refunded, Sum held, Sum taken) {

        static CurrencyTotals of(Ledger.Totals totals) {
            String currency = totals.currency();
            return new CurrencyTotals(
                    new Sum(totals.authorized(), currency),
                    new Sum(totals.captured(), currency),
                    new Sum(totals.voided(), currency),
                    new Sum(totals.refunded(), currency),
                    new Sum(totals.held(), currency),
                    new Sum(totals.taken(), currency));
        }
    }

    record Sum(BigInteger minor, String currency) {}
}
