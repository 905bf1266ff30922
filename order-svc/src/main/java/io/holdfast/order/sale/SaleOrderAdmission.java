package io.holdfast.order.sale;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.placing.OrderPlacing;
import io.holdfast.order.placing.PlacingResult;
import io.holdfast.order.placing.ValidOrder;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Decides whether an order in a sale is placed, and settles its slot when that has ended. A request that is refused before costs no SQL
 * statement.
 *
 * <p>The counters in Redis are asked first and never trusted alone: the transaction that enters the order decides how many pieces one
 * buyer gets and whether the sale sells, and stock-svc decides whether there are goods.
 */
@Component
class SaleOrderAdmission {

    private final SaleCache sales;
    private final Admission admission;
    private final UncountedOrders uncounted;
    private final OrderPlacing orders;
    private final Clock clock;

    SaleOrderAdmission(
            SaleCache sales, Admission admission, UncountedOrders uncounted, OrderPlacing orders, Clock clock) {
        this.sales = sales;
        this.admission = admission;
        this.uncounted = uncounted;
        this.orders = orders;
        this.clock = clock;
    }

    /** The sale, if buyers may know of it. @throws ProblemException with 404 if not */
    Sale find(String saleId) {
        return Optional.of(saleId)
                .filter(SaleId::isWellFormed)
                .flatMap(id -> sales.find(new SaleId(id)))
                .filter(sale -> switch (sale.stage()) {
                    case PREPARING, REFUSED -> false;
                    case READY, PAUSED, CLOSING, CLOSED -> true;
                })
                .orElseThrow(SaleProblems::noSuchSale);
    }

    /** @throws ProblemException if the request is refused and there is no order */
    Admitted admit(Sale sale, ValidOrder order, IdempotencyKey key) {
        OrderKey orderKey = new OrderKey(order.purchase().buyer().value(), key.value());
        Request request = new Request(sale, order, key, orderKey);
        return switch (sale.stateAt(clock.instant())) {
            case OPEN ->
                orders.beyondBudget(order.purchase(), key)
                        .map(request::answered)
                        .orElseGet(() -> admit(request));
            case SCHEDULED -> throw SaleProblems.notOpen(sale, clock.instant());
            case PAUSED, CLOSED -> request.answered(answerOfEarlier(request));
            case PREPARING, REFUSED -> throw SaleProblems.noSuchSale();
        };
    }

    private Admitted admit(Request request) {
        return switch (admission.admit(request.sale(), request.orderKey(), request.pieces())) {
            case ADMITTED -> request.toPlace(SlotOwner.THIS_REQUEST);
            case REPEATED ->
                earlier(request).map(request::answered).orElseGet(() -> request.toPlace(SlotOwner.DUPLICATE_REQUEST));
            case ALREADY_BOUGHT -> refuse(request, () -> SaleProblems.alreadyBought(request.sale()));
            case SOLD_OUT -> refuse(request, SaleProblems::soldOut);
            case PAUSED -> refuse(request, SaleProblems::paused);
            case CLOSED -> refuse(request, SaleProblems::closed);
            case UNCOUNTED -> earlier(request).map(request::answered).orElseGet(() -> withoutSlot(request));
            case UNAVAILABLE ->
                earlier(request).map(request::answered).orElseGet(() -> {
                    // First: a process that dies after the order is placed can no longer note it.
                    uncounted.noteIn(request.sale().id());
                    return withoutSlot(request);
                });
        };
    }

    /** The database alone decides. */
    private Admitted withoutSlot(Request request) {
        if (orders.isSoldOut(request.order().purchase())) {
            throw SaleProblems.soldOut();
        }
        return request.toPlace(SlotOwner.NOBODY);
    }

    private Optional<PlacingResult> earlier(Request request) {
        return orders.again(request.order().purchase(), request.key());
    }

    private Admitted refuse(Request request, Supplier<ProblemException> why) {
        return request.answered(answerOrRefuse(request, why));
    }

    /** A key without a slot has no order, so no statement is needed; unless the counters may have missed recent orders. */
    private PlacingResult answerOrRefuse(Request request, Supplier<ProblemException> why) {
        if (!uncounted.mayBeIn(request.sale().id())) {
            throw why.get();
        }
        return earlier(request).orElseThrow(why);
    }

    /** The sale does not sell, but the key of an earlier order gets the same answer as before. */
    private PlacingResult answerOfEarlier(Request request) {
        Supplier<ProblemException> why = () -> refusal(request.sale());
        return switch (admission.lookUp(request.sale(), request.orderKey())) {
            case REPEATED, UNCOUNTED, UNAVAILABLE -> earlier(request).orElseThrow(why);
            case ADMITTED, ALREADY_BOUGHT, SOLD_OUT, PAUSED, CLOSED -> answerOrRefuse(request, why);
        };
    }

    private ProblemException refusal(Sale sale) {
        return switch (sale.stateAt(clock.instant())) {
            case SCHEDULED -> SaleProblems.notOpen(sale, clock.instant());
            case PAUSED -> SaleProblems.paused();
            case CLOSED -> SaleProblems.closed();
            case OPEN -> SaleProblems.alreadyBought(sale);
            case PREPARING, REFUSED -> SaleProblems.noSuchSale();
        };
    }

    /**
     * Keeps the slot of an order that was placed, or gives it back.
     *
     * @return the same result
     * @throws ProblemException if the database has refused the order
     */
    PlacingResult settle(Admitted admitted, PlacingResult result) {
        Request request = admitted.request();
        Sale sale = request.sale();
        return switch (SlotOutcome.of(result, sale)) {
            case KEPT -> {
                keep(request, admitted.owner());
                yield result;
            }
            case REMEMBERED -> {
                remember(request);
                yield result;
            }
            case RETURNED -> {
                giveBack(request, admitted.owner());
                yield result;
            }
            case REFUSED -> {
                giveBack(request, admitted.owner());
                throw refusal(sales.findAnew(sale.id()).orElse(sale));
            }
        };
    }

    private void keep(Request request, SlotOwner owner) {
        boolean counted =
                switch (owner) {
                    case THIS_REQUEST -> true;
                    case DUPLICATE_REQUEST -> {
                        // It has one, unless that was of an order that is gone.
                        add(request);
                        yield true;
                    }
                    case NOBODY -> add(request);
                };
        if (!counted) {
            uncounted.noteAfterwards(request.sale().id());
        }
    }

    private boolean add(Request request) {
        return admission.add(request.sale(), request.orderKey(), request.pieces());
    }

    /** The same key gets the same answer, whatever becomes of the sale. */
    private void remember(Request request) {
        if (!admission.remember(request.sale(), request.orderKey())) {
            uncounted.noteAfterwards(request.sale().id());
        }
    }

    private void giveBack(Request request, SlotOwner owner) {
        // A duplicate request may be placing the order; but Redis may have taken a slot although it did not answer.
        if (owner != SlotOwner.DUPLICATE_REQUEST) {
            admission.giveBack(request.sale(), request.orderKey());
        }
    }

    /** What is asked for. */
    record Request(Sale sale, ValidOrder order, IdempotencyKey key, OrderKey orderKey) {

        /** Within the limit of a sale, which is an int. */
        int pieces() {
            return Math.toIntExact(order.purchase().pieces());
        }

        private Admitted answered(PlacingResult answer) {
            return new Admitted(this, SlotOwner.NOBODY, Optional.of(answer));
        }

        private Admitted toPlace(SlotOwner owner) {
            return new Admitted(this, owner, Optional.empty());
        }
    }

    /** @param answer if the request is answered already, and nothing is placed */
    record Admitted(Request request, SlotOwner owner, Optional<PlacingResult> answer) {}

    /** Whose slot there is for an order. */
    enum SlotOwner {
        THIS_REQUEST,
        /** A concurrent request with the same key. */
        DUPLICATE_REQUEST,
        /** The counters were not asked, or did not answer. */
        NOBODY
    }
}
