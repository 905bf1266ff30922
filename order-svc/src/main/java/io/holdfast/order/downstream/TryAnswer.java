package io.holdfast.order.downstream;

import java.util.List;

/** What became of a Try at a downstream service. */
public sealed interface TryAnswer {

    /** Everything that was asked for is reserved or frozen. */
    record Done() implements TryAnswer {}

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
    }

    /**
     * Nobody knows: it timed out, could not be reached, or answered what is no refusal. It may have taken effect.
     *
     * @param why for the log; it names machines and is never shown to a buyer
     */
    record Unknown(String why) implements TryAnswer {}
}
