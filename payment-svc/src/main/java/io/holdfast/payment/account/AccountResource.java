package io.holdfast.payment.account;

import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.payment.model.Account;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/accounts/{buyerId}")
@Tag(name = "Accounts")
class AccountResource {

    private final AccountMapper accounts;
    private final Deposits deposits;

    AccountResource(AccountMapper accounts, Deposits deposits) {
        this.accounts = accounts;
        this.deposits = deposits;
    }

    @Operation(summary = "A buyer's money: deposited = balance + frozen + spent")
    @GetMapping
    AccountBody account(
            @Parameter(schema = @Schema(type = "string", pattern = BuyerId.FORM)) @PathVariable BuyerId buyerId) {
        // Another buyer's account looks like a missing one, so that callers cannot find out who has an account.
        return Optional.of(buyerId.value())
                .filter(AuthenticatedCaller.current()::maySee)
                .flatMap(accounts::find)
                .map(AccountRow::toAccount)
                .map(AccountBody::of)
                .orElseThrow(() -> new ProblemException(
                        HttpStatus.NOT_FOUND, "unknown-account", "There is no account of this buyer."));
    }

    @Operation(summary = "Money in; the first deposit makes the account, in its currency")
    @ApiResponse(responseCode = "201", description = "The money is in")
    @ApiResponse(responseCode = "200", description = "It was in before: the same key and body came again")
    @PostMapping("/deposits")
    ResponseEntity<DepositBody> deposit(
            @Parameter(schema = @Schema(type = "string", pattern = BuyerId.FORM)) @PathVariable BuyerId buyerId,
            @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key,
            @Valid @RequestBody DepositRequest request) {
        Money amount = request.amount().toMoney();
        AuditedAction.describe("account " + buyerId, amount.minor() + " " + amount.currency());
        return deposits.deposit(key.value(), buyerId, amount)
                .fold(
                        deposited -> ResponseEntity.created(URI.create("/accounts/" + buyerId))
                                .body(DepositBody.of(deposited.deposit())),
                        repeated -> ResponseEntity.ok(DepositBody.of(repeated.deposit())),
                        keyReused -> {
                            throw new ProblemException(
                                    HttpStatus.UNPROCESSABLE_CONTENT,
                                    "idempotency-key-reused",
                                    "This Idempotency-Key stands for another deposit.");
                        },
                        other -> {
                            throw new ProblemException(
                                    HttpStatus.BAD_REQUEST,
                                    "currency-mismatch",
                                    "The account is in " + other.accountCurrency() + "; nothing else can be paid in.");
                        },
                        tooMuch -> {
                            throw new ProblemException(
                                    HttpStatus.BAD_REQUEST,
                                    "amount-too-large",
                                    "The account cannot hold that much more.");
                        });
    }

    record DepositRequest(@NotNull @Valid MoneyBody amount) {}

    record DepositBody(String buyerId, Money amount, Instant depositedAt) {

        static DepositBody of(DepositRow deposit) {
            return new DepositBody(
                    deposit.buyerId(),
                    new Money(deposit.amount(), deposit.currency()),
                    deposit.createdAt().toInstant(ZoneOffset.UTC));
        }
    }

    record AccountBody(String buyerId, Money deposited, Money balance, Money frozen, Money spent) {

        static AccountBody of(Account account) {
            return new AccountBody(
                    account.buyer().value(),
                    account.money(account.deposited()),
                    account.money(account.balance()),
                    account.money(account.frozen()),
                    account.money(account.spent()));
        }
    }
}
