package io.holdfast.payment.account;

import java.util.function.Function;

/** The outcome of a request to deposit. */
sealed interface DepositOutcome {

    /** One function per variant, so that the compiler finds a case that nobody handles. */
    <T> T fold(
            Function<Deposited, T> deposited,
            Function<Repeated, T> repeated,
            Function<KeyReused, T> keyReused,
            Function<OtherCurrency, T> otherCurrency,
            Function<TooMuch, T> tooMuch);

    record Deposited(DepositRow deposit) implements DepositOutcome {

        @Override
        public <T> T fold(
                Function<Deposited, T> deposited,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<OtherCurrency, T> otherCurrency,
                Function<TooMuch, T> tooMuch) {
            return deposited.apply(this);
        }
    }

    /** The same request took effect before; it had no effect now. */
    record Repeated(DepositRow deposit) implements DepositOutcome {

        @Override
        public <T> T fold(
                Function<Deposited, T> deposited,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<OtherCurrency, T> otherCurrency,
                Function<TooMuch, T> tooMuch) {
            return repeated.apply(this);
        }
    }

    /** The key stands for another request. */
    record KeyReused() implements DepositOutcome {

        @Override
        public <T> T fold(
                Function<Deposited, T> deposited,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<OtherCurrency, T> otherCurrency,
                Function<TooMuch, T> tooMuch) {
            return keyReused.apply(this);
        }
    }

    record OtherCurrency(String accountCurrency) implements DepositOutcome {

        @Override
        public <T> T fold(
                Function<Deposited, T> deposited,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<OtherCurrency, T> otherCurrency,
                Function<TooMuch, T> tooMuch) {
            return otherCurrency.apply(this);
        }
    }

    /** The account's total would leave the range of its column. */
    record TooMuch() implements DepositOutcome {

        @Override
        public <T> T fold(
                Function<Deposited, T> deposited,
                Function<Repeated, T> repeated,
                Function<KeyReused, T> keyReused,
                Function<OtherCurrency, T> otherCurrency,
                Function<TooMuch, T> tooMuch) {
            return tooMuch.apply(this);
        }
    }
}
