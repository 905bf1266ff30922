package io.holdfast.order.downstream;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What became of a Try at a downstream service. */
public sealed interface TryAnswer {

    /** One case for each answer: whoever forgets one does not compile. */
    <R> R fold(Supplier<R> done, Function<List<Refusal>, R> refused, Function<String, R> unknown);

    /** @return what becomes of the next Try; this answer, and no next Try, if it is not Done */
    default TryAnswer andThen(Supplier<TryAnswer> next) {
        return fold(next, refusals -> this, why -> this);
    }

    /** Everything that was asked for is reserved or frozen. */
    record Done() implements TryAnswer {

        @Override
        public <R> R fold(Supplier<R> done, Function<List<Refusal>, R> refused, Function<String, R> unknown) {
            return done.get();
        }
    }

    /**
     * Nothing is reserved or frozen, and the downstream service says why.
     *
     * @param refusals every order that has to be left out, and only orders that were asked for; at least one
     */
    record Refused(List<Refusal> refusals) implements TryAnswer {

        public Refused {
            refusals = List.copyOf(refusals);
            if (refusals.isEmpty()) {
                throw new IllegalArgumentException("A refusal names at least one order");
            }
        }

        @Override
        public <R> R fold(Supplier<R> done, Function<List<Refusal>, R> refused, Function<String, R> unknown) {
            return refused.apply(refusals);
        }
    }

    /**
     * Nobody knows: it timed out, could not be reached, or answered what is no refusal. It may have taken effect.
     *
     * @param why for the log; it names machines and is never shown to a buyer
     */
    record Unknown(String why) implements TryAnswer {

        @Override
        public <R> R fold(Supplier<R> done, Function<List<Refusal>, R> refused, Function<String, R> unknown) {
            return unknown.apply(why);
        }
    }
}
