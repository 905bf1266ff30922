package io.holdfast.stock.receipt;

import java.util.function.Function;

/** The outcome of a request to receive goods. */
sealed interface ReceiptOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(
            Function<Received, T> received,
            Function<Repeated, T> repeated,
            Function<KeyReused, T> keyReused,
            Function<TooMany, T> tooMany);

    record Received(ReceiptRow receipt) implements ReceiptOutcome {

        @Override
        public <T> T fold(
                Function<Received, T> received,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<TooMany, T> tooMany) {
            return received.apply(this);
        }
    }

    /** The same request took effect before, and had none now. */
    record Repeated(ReceiptRow receipt) implements ReceiptOutcome {

        @Override
        public <T> T fold(
                Function<Received, T> received,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<TooMany, T> tooMany) {
            return repeated.apply(this);
        }
    }

    /** The key stands for another request. */
    record KeyReused() implements ReceiptOutcome {

        @Override
        public <T> T fold(
                Function<Received, T> received,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<TooMany, T> tooMany) {
            return keyReused.apply(this);
        }
    }

    /** The SKU's total would be more than can be counted. */
    record TooMany() implements ReceiptOutcome {

        @Override
        public <T> T fold(
                Function<Received, T> received,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<TooMany, T> tooMany) {
            return tooMany.apply(this);
        }
    }
}
