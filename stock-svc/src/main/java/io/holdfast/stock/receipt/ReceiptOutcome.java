package io.holdfast.stock.receipt;

/** What became of a request to take goods in. */
sealed interface ReceiptOutcome {

    record Received(ReceiptRow receipt) implements ReceiptOutcome {}

    /** The same request took effect before, and had none now. */
    record Repeated(ReceiptRow receipt) implements ReceiptOutcome {}

    /** The key stands for another request. */
    record KeyReused() implements ReceiptOutcome {}

    /** The SKU's total would be more than can be counted. */
    record TooMany() implements ReceiptOutcome {}
}
