package io.holdfast.stock.sale;

import java.util.function.LongFunction;
import java.util.function.Supplier;

/** What came of a request to allocate goods to a sale. */
sealed interface Allocation {

    /** Answers each outcome with what is given for it, so that none can be forgotten. */
    <R> R fold(
            Supplier<R> allocated, LongFunction<R> insufficientStock, Supplier<R> unknownSku, Supplier<R> otherQuota);

    record Allocated() implements Allocation {

        @Override
        public <R> R fold(
                Supplier<R> allocated,
                LongFunction<R> insufficientStock,
                Supplier<R> unknownSku,
                Supplier<R> otherQuota) {
            return allocated.get();
        }
    }

    /** @param available pieces when it was decided */
    record InsufficientStock(long available) implements Allocation {

        @Override
        public <R> R fold(
                Supplier<R> allocated,
                LongFunction<R> insufficientStock,
                Supplier<R> unknownSku,
                Supplier<R> otherQuota) {
            return insufficientStock.apply(available);
        }
    }

    record UnknownSku() implements Allocation {

        @Override
        public <R> R fold(
                Supplier<R> allocated,
                LongFunction<R> insufficientStock,
                Supplier<R> unknownSku,
                Supplier<R> otherQuota) {
            return unknownSku.get();
        }
    }

    /** The sale has or had another quota, or returned this one already. */
    record OtherQuota() implements Allocation {

        @Override
        public <R> R fold(
                Supplier<R> allocated,
                LongFunction<R> insufficientStock,
                Supplier<R> unknownSku,
                Supplier<R> otherQuota) {
            return otherQuota.get();
        }
    }
}
