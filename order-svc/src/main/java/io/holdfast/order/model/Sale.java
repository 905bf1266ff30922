package io.holdfast.order.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One flash sale as it stood when it was read.
 *
 * @param whyRefused a code and a sentence; only, and always, of a REFUSED sale
 */
public record Sale(
        SaleId id,
        SaleTerms terms,
        SaleStage stage,
        @Nullable Rejected whyRefused,
        Instant createdAt) {

    public Sale {
        if ((stage == SaleStage.REFUSED) != (whyRefused != null)) {
            throw new IllegalStateException("Sale " + id + " is " + stage + " with refusal " + whyRefused);
        }
    }

    /** Its state at that moment, from its stage and its times. */
    public SaleState stateAt(Instant now) {
        return switch (stage) {
            case PREPARING -> SaleState.PREPARING;
            case REFUSED -> SaleState.REFUSED;
            case CLOSING, CLOSED -> SaleState.CLOSED;
            case READY, PAUSED -> {
                if (!now.isBefore(terms.closesAt())) {
                    yield SaleState.CLOSED;
                }
                if (stage == SaleStage.PAUSED) {
                    yield SaleState.PAUSED;
                }
                yield now.isBefore(terms.opensAt()) ? SaleState.SCHEDULED : SaleState.OPEN;
            }
        };
    }

    /** The only line of an order in it. */
    public OrderLine line(Quantity quantity) {
        return new OrderLine(terms.sku().in(id), quantity, terms.unitPrice());
    }

    /** What a buyer orders in it. */
    public Purchase purchase(BuyerId buyer, Quantity quantity, PaymentMethod method) {
        return new Purchase(buyer, List.of(line(quantity)), method);
    }

    public Optional<Rejected> refusal() {
        return Optional.ofNullable(whyRefused);
    }

    /** Why the sale was refused. */
    public record Rejected(String code, String detail) {

        private static final int MAX_CHARACTERS = 500;

        public Rejected {
            if (detail.length() > MAX_CHARACTERS) {
                detail = detail.substring(0, MAX_CHARACTERS);
            }
        }
    }
}
