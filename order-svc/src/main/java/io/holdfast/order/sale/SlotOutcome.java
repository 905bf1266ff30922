package io.holdfast.order.sale;

import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.placing.PlacingResult;
import io.holdfast.order.placing.PlacingResult.Decided;
import io.holdfast.order.placing.PlacingResult.InProgress;
import io.holdfast.order.placing.PlacingResult.Invalid;
import io.holdfast.order.placing.PlacingResult.TooManyRefused;
import io.holdfast.order.placing.PlacingResult.Undecided;

/** What becomes of the slot of an order in a sale, by how its placing ended. */
enum SlotOutcome {
    /** The order holds pieces of the sale, or may yet. */
    KEPT,
    /** The order is stored and holds nothing: the slot comes back, and the key stays known. */
    REMEMBERED,
    /** There is no order: the slot comes back. */
    RETURNED,
    /**
     * As {@link #RETURNED}: the database refused the order, because it would be more than one buyer may have, or because the sale was
     * stopped a moment ago.
     */
    REFUSED;

    static SlotOutcome of(PlacingResult result, Sale sale) {
        return result.fold(new PlacingResult.Cases<>() {

            @Override
            public SlotOutcome decided(Decided decided) {
                return mayHoldPieces(decided.order(), sale) ? KEPT : REMEMBERED;
            }

            @Override
            public SlotOutcome undecided(Undecided undecided) {
                return KEPT;
            }

            @Override
            public SlotOutcome inProgress(InProgress inProgress) {
                return mayHoldPieces(inProgress.order(), sale) ? KEPT : RETURNED;
            }

            @Override
            public SlotOutcome keyReused() {
                return RETURNED;
            }

            @Override
            public SlotOutcome invalid(Invalid invalid) {
                return RETURNED;
            }

            @Override
            public SlotOutcome notEntered() {
                return REFUSED;
            }

            @Override
            public SlotOutcome tooManyWaiting() {
                return RETURNED;
            }

            @Override
            public SlotOutcome tooManyRefused(TooManyRefused tooMany) {
                return RETURNED;
            }

            @Override
            public SlotOutcome notBegun() {
                return RETURNED;
            }
        });
    }

    private static boolean mayHoldPieces(Order order, Sale sale) {
        return order.purchase().sale().filter(sale.id()::equals).isPresent()
                && order.status() != OrderStatus.REJECTED
                && order.status() != OrderStatus.CLOSED;
    }
}
