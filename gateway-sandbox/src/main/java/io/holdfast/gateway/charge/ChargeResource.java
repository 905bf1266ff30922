package io.holdfast.gateway.charge;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.gateway.charge.Outcome.Answer;
import io.holdfast.gateway.charge.Outcome.Refused;
import io.holdfast.gateway.ledger.Ledger;
import io.holdfast.gateway.ledger.LedgerEntry;
import io.holdfast.gateway.model.CardToken;
import io.holdfast.gateway.model.Charge;
import io.holdfast.gateway.model.ChargeId;
import io.holdfast.gateway.model.ChargeStatus;
import io.holdfast.gateway.model.Money;
import io.holdfast.gateway.model.Reference;
import io.holdfast.gateway.model.Refusal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/charges")
@Tag(name = "Charges")
class ChargeResource {

    /** Says that the answer was given before. Status and body are those of the first answer. */
    static final String REPLAYED = "Idempotent-Replayed";

    private static final String AFTER = "|" + ChargeId.FORM;
    private static final int MAX_SIZE = 100;
    private static final int MAX_PAGE = 10_000;

    private final Charges charges;
    private final ChargeRepository repository;
    private final Ledger ledger;

    ChargeResource(Charges charges, ChargeRepository repository, Ledger ledger) {
        this.charges = charges;
        this.repository = repository;
        this.ledger = ledger;
    }

    @Operation(summary = "Authorizes: holds the amount on the card")
    @ApiResponse(responseCode = "201", description = "Held; the same again if the same key and body come again")
    @ApiResponse(responseCode = "402", description = "Declined, for the reason that the code tells; the charge is kept")
    @PostMapping
    ResponseEntity<ChargeBody> authorize(
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @Valid @RequestBody AuthorizeRequest request,
            @Parameter(hidden = true) @RequestAttribute(Issuer.ATTRIBUTE) Issuer issuer,
            HttpServletResponse response) {
        ChargeBody body = answer(
                charges.authorize(
                        key.value(),
                        new Reference(request.reference()),
                        request.amount().toMoney(),
                        new CardToken(request.token()),
                        issuer),
                response);
        return ResponseEntity.created(URI.create("/charges/" + body.id())).body(body);
    }

    @Operation(summary = "Takes the held amount, all of it")
    @PostMapping("/{id}/capture")
    ChargeBody capture(
            @Parameter(schema = @Schema(type = "string", pattern = ChargeId.FORM)) @PathVariable ChargeId id,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @RequestBody(required = false) @Nullable WholeCharge whole,
            @Parameter(hidden = true) @RequestAttribute(Issuer.ATTRIBUTE) Issuer issuer,
            HttpServletResponse response) {
        return answer(charges.capture(key.value(), id, issuer), response);
    }

    @Operation(summary = "Gives the held amount up")
    @PostMapping("/{id}/void")
    ChargeBody cancel(
            @Parameter(schema = @Schema(type = "string", pattern = ChargeId.FORM)) @PathVariable ChargeId id,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @RequestBody(required = false) @Nullable WholeCharge whole,
            @Parameter(hidden = true) @RequestAttribute(Issuer.ATTRIBUTE) Issuer issuer,
            HttpServletResponse response) {
        return answer(charges.cancel(key.value(), id, issuer), response);
    }

    @Operation(summary = "Gives back what was taken, all of it")
    @PostMapping("/{id}/refund")
    ChargeBody refund(
            @Parameter(schema = @Schema(type = "string", pattern = ChargeId.FORM)) @PathVariable ChargeId id,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @RequestBody(required = false) @Nullable WholeCharge whole,
            @Parameter(hidden = true) @RequestAttribute(Issuer.ATTRIBUTE) Issuer issuer,
            HttpServletResponse response) {
        return answer(charges.refund(key.value(), id, issuer), response);
    }

    @Operation(summary = "A charge as it is now")
    @GetMapping("/{id}")
    ChargeBody charge(
            @Parameter(schema = @Schema(type = "string", pattern = ChargeId.FORM)) @PathVariable ChargeId id) {
        return repository.find(id).map(ChargeBody::of).orElseThrow(ChargeResource::unknownCharge);
    }

    @Operation(
            summary =
                    "The charges of a reference, the newest first, or the one that an idempotency key created, or all",
            description =
                    "For a caller that got no answer to its authorize. No charge found means: none was made so far."
                            + " With `after`, all charges in the order of their ids: those that come after that one, or"
                            + " the first ones if it is empty; `page` does not count then.")
    @GetMapping
    ChargePage find(
            @Parameter(schema = @Schema(type = "string", pattern = Reference.FORM))
                    @RequestParam(required = false)
                    @Nullable
                    Reference reference,
            @Parameter(schema = @Schema(type = "string", maxLength = IdempotencyKey.MAX_LENGTH))
                    @RequestParam(required = false)
                    @Nullable
                    IdempotencyKey idempotencyKey,
            @Parameter(schema = @Schema(type = "string", pattern = AFTER))
                    @RequestParam(required = false)
                    @Pattern(regexp = AFTER, message = "must be a charge id, or empty")
                    @Nullable
                    String after,
            @RequestParam(defaultValue = "0") @Min(0) @Max(MAX_PAGE) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(MAX_SIZE) int size) {
        if (Stream.of(reference, idempotencyKey, after).filter(Objects::nonNull).count() != 1) {
            throw new ProblemException(
                    HttpStatus.BAD_REQUEST,
                    "invalid-request",
                    "Charges are found by reference, by idempotencyKey or with after: exactly one of them is needed.");
        }
        if (after != null) {
            return new ChargePage(
                    repository.after(after, size).stream().map(ChargeBody::of).toList(), null);
        }
        if (reference != null) {
            List<Charge> found = repository.of(reference, (long) page * size, size + 1);
            return new ChargePage(
                    found.stream().limit(size).map(ChargeBody::of).toList(), found.size() > size ? page + 1 : null);
        }
        Optional<Charge> created = ledger.find(
                        Objects.requireNonNull(idempotencyKey).value())
                .filter(entry -> entry.operation() == io.holdfast.gateway.model.Operation.AUTHORIZE)
                .map(LedgerEntry::charge)
                .flatMap(repository::find);
        return new ChargePage(created.map(ChargeBody::of).stream().toList(), null);
    }

    private static ChargeBody answer(Outcome outcome, HttpServletResponse response) {
        return outcome.fold(
                effected -> {
                    mark(effected.answer(), response);
                    return ChargeBody.of(effected.charge());
                },
                refused -> {
                    mark(refused.answer(), response);
                    throw problemOf(refused);
                },
                keyReused -> {
                    throw new ProblemException(
                            HttpStatus.UNPROCESSABLE_CONTENT,
                            "idempotency-key-reused",
                            "This Idempotency-Key stands for another request.");
                },
                unknown -> {
                    throw unknownCharge();
                });
    }

    private static void mark(Answer answer, HttpServletResponse response) {
        if (answer == Answer.REPEATED) {
            response.setHeader(REPLAYED, "true");
        }
    }

    private static ProblemException problemOf(Refused refused) {
        Charge charge = refused.charge();
        Refusal refusal = refused.refusal();
        HttpStatus status =
                switch (refusal.kind()) {
                    case DECLINE -> HttpStatus.PAYMENT_REQUIRED;
                    case CONFLICT -> HttpStatus.CONFLICT;
                };
        return new ProblemException(
                status,
                refusal.code(),
                refusal.inWords(),
                Map.of(
                        "chargeId", charge.id().value(),
                        "reference", charge.reference().value(),
                        "chargeStatus", charge.status()));
    }

    private static ProblemException unknownCharge() {
        return new ProblemException(HttpStatus.NOT_FOUND, "unknown-charge", "There is no such charge.");
    }

    record AuthorizeRequest(
            @NotNull @Pattern(regexp = Reference.FORM, message = "must be 1 to 64 characters of A-Z a-z 0-9 . _ -")
            String reference,

            @NotNull @Valid Amount amount,

            @NotNull
            @Pattern(regexp = CardToken.FORM, message = "is not a card token")
            @Schema(
                    example = "tok_ok",
                    description = "tok_ok... authorizes; tok_declined..., tok_insufficient... and tok_expired... are "
                            + "declined for that reason, any other as unknown. It is neither kept nor shown again.")
            String token) {

        /** Without the token: what frameworks log of a request is not ours to decide. */
        @Override
        public String toString() {
            return "authorize " + amount + " for " + reference;
        }
    }

    record Amount(
            @Positive long minor,

            @NotNull @Pattern(regexp = Money.CURRENCY_FORM, message = "must be three upper-case letters")
            String currency) {

        Money toMoney() {
            return new Money(minor, currency);
        }
    }

    /** No members: parts of a charge cannot be captured or refunded, and whoever asks for a part is refused, not misunderstood. */
    record WholeCharge() {}

    record ChargeBody(
            String id,
            String reference,
            ChargeStatus status,
            Money amount,
            @Nullable String declineCode,
            Instant createdAt,
            Instant changedAt) {

        static ChargeBody of(Charge charge) {
            return new ChargeBody(
                    charge.id().value(),
                    charge.reference().value(),
                    charge.status(),
                    charge.amount(),
                    charge.declinedAs().map(Refusal::code).orElse(null),
                    charge.createdAt(),
                    charge.changedAt());
        }
    }

    /** @param nextPage the number of the next page; null if this is the last one */
    record ChargePage(List<ChargeBody> charges, @Nullable Integer nextPage) {}
}
