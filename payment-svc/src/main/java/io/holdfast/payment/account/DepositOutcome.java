package io.holdfast.payment.account;

/** What became of a request to deposit. */
sealed interface DepositOutcome {

    record Deposited(DepositRow deposit) implements DepositOutcome {}

    /** The same request took effect before; it had no effect now. */
    record Repeated(DepositRow deposit) implements DepositOutcome {}

    /** The key stands for another request. */
    record KeyReused() implements DepositOutcome {}

    record OtherCurrency(String accountCurrency) implements DepositOutcome {}

    /** The account's total would leave the range of its column. */
    record TooMuch() implements DepositOutcome {}
}
