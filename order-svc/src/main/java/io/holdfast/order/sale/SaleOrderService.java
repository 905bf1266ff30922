package io.holdfast.order.sale;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.PaymentMethod;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Quantity;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.placing.InvalidOrderException;
import io.holdfast.order.placing.OrderPlacing;
import io.holdfast.order.placing.OrderValidation;
import io.holdfast.order.placing.PlacingResult;
import io.holdfast.order.placing.ValidOrder;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Takes a request to order in a sale until it is placed like any other order. A request that is refused before that costs no SQL
 * statement.
 *
 * <p>The admission is asked first and never trusted alone: the transaction that enters the order decides how many pieces one buyer
 * gets and whether the sale sells, and stock-svc decides whether there are goods.
 */
@Component
class SaleOrderService {

    private final SaleCache sales;
    private final Admission admission;
    private final UncountedOrders uncounted;
    private final OrderPlacing orders;
    private final Clock clock;

    SaleOrderService(
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

    /**
     * @return how the request ends
     * @throws ProblemException if it is refused before there is an order
     */
    PlacingResult place(Sale sale, BuyerId buyer, SaleOrderRequest request, IdempotencyKey key) {
        ValidOrder checked;
        try {
            checked = check(request, sale, buyer);
        } catch (InvalidOrderException e) {
            return new PlacingResult.Invalid(e.errors());
        }
        OrderKey order = new OrderKey(buyer.value(), key.value());
        return switch (sale.stateAt(clock.instant())) {
            case OPEN -> orders.beyondBudget(checked.purchase(), key).orElseGet(() -> admit(sale, checked, order, key));
            case SCHEDULED -> throw SaleProblems.notOpen(sale, clock.instant());
            case PAUSED, CLOSED -> answerOfEarlier(sale, checked.purchase(), order, key);
            case PREPARING, REFUSED -> throw SaleProblems.noSuchSale();
        };
    }

    private static ValidOrder check(SaleOrderRequest request, Sale sale, BuyerId buyer) {
        OrderValidation validation = new OrderValidation();
        Quantity quantity = validation.value("quantity", request.quantity(), Quantity::of);
        if (quantity != null && quantity.value() > sale.terms().perBuyerLimit()) {
            validation.add(
                    "quantity", "must be at most " + sale.terms().perBuyerLimit() + ", as many as one buyer may have");
        }
        PaymentMethod method = validation.method(request.payment());
        CardToken card = validation.card(method, request.payment());
        if (quantity != null) {
            Purchase.violationsOf(List.of(sale.line(quantity)))
                    .forEach(violation -> validation.add("quantity", violation));
        }
        validation.requireValid();
        return new ValidOrder(
                sale.purchase(buyer, Objects.requireNonNull(quantity), Objects.requireNonNull(method)),
                Optional.ofNullable(card));
    }

    /** The sale does not sell, but the key of an earlier order gets the same answer as before. */
    private PlacingResult answerOfEarlier(Sale sale, Purchase purchase, OrderKey order, IdempotencyKey key) {
        return switch (admission.lookUp(sale, order)) {
            case REPEATED, UNCOUNTED, UNAVAILABLE -> orders.again(purchase, key).orElseThrow(() -> refusal(sale));
            default -> refuse(sale, purchase, key, () -> refusal(sale));
        };
    }

    /** A key without a slot has no order, so no statement is needed; unless the counters may have missed recent orders. */
    private PlacingResult refuse(Sale sale, Purchase purchase, IdempotencyKey key, Supplier<ProblemException> why) {
        if (!uncounted.mayBeIn(sale.id())) {
            throw why.get();
        }
        return orders.again(purchase, key).orElseThrow(why);
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

    private PlacingResult admit(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        AdmissionDecision decision = admission.admit(sale, order, pieces(checked));
        Purchase purchase = checked.purchase();
        return switch (decision) {
            case ADMITTED -> placeWithSlot(sale, checked, order, key);
            case REPEATED ->
                orders.again(purchase, key).orElseGet(() -> placeBesideDuplicate(sale, checked, order, key));
            case ALREADY_BOUGHT -> refuse(sale, purchase, key, () -> SaleProblems.alreadyBought(sale));
            case SOLD_OUT -> refuse(sale, purchase, key, SaleProblems::soldOut);
            case PAUSED -> refuse(sale, purchase, key, SaleProblems::paused);
            case CLOSED -> refuse(sale, purchase, key, SaleProblems::closed);
            case UNCOUNTED ->
                orders.again(purchase, key).orElseGet(() -> placeWithoutAdmission(sale, checked, order, key));
            case UNAVAILABLE ->
                orders.again(purchase, key).orElseGet(() -> {
                    // First: a process that dies after the order is placed can no longer note it.
                    uncounted.noteIn(sale.id());
                    return placeWithoutAdmission(sale, checked, order, key);
                });
        };
    }

    /** The database alone decides. */
    private PlacingResult placeWithoutAdmission(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        if (orders.isSoldOut(checked.purchase())) {
            throw SaleProblems.soldOut();
        }
        PlacingResult result = placeWithSlot(sale, checked, order, key);
        if (mayHoldPieces(result, sale) && !admission.add(sale, order, pieces(checked))) {
            uncounted.noteAfterwards(sale.id());
        }
        return result;
    }

    /** Within the limit of a sale, which is an int. */
    private static int pieces(ValidOrder checked) {
        return Math.toIntExact(checked.purchase().pieces());
    }

    /** The slot is of another request with this key, which may be placing the order: it is not this one's to give back. */
    private PlacingResult placeBesideDuplicate(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        PlacingResult result = orders.placeAdmitted(checked, key);
        if (mayHoldPieces(result, sale)) {
            // It has one, unless that was of an order that is gone.
            admission.add(sale, order, pieces(checked));
        } else if (result instanceof PlacingResult.Decided) {
            remember(sale, order);
        }
        refuseIfNotOfTheSale(result, sale);
        return result;
    }

    private PlacingResult placeWithSlot(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        PlacingResult result = orders.placeAdmitted(checked, key);
        if (!mayHoldPieces(result, sale)) {
            if (result instanceof PlacingResult.Decided) {
                remember(sale, order);
            } else {
                admission.giveBack(sale, order);
            }
        }
        refuseIfNotOfTheSale(result, sale);
        return result;
    }

    /** The same key gets the same answer, whatever has become of the sale. */
    private void remember(Sale sale, OrderKey order) {
        if (!admission.remember(sale, order)) {
            uncounted.noteAfterwards(sale.id());
        }
    }

    private void refuseIfNotOfTheSale(PlacingResult result, Sale sale) {
        if (result instanceof PlacingResult.NotEntered) {
            // The database refused it: it is more than one buyer may have, or the sale was stopped a moment ago.
            throw refusal(sales.findAnew(sale.id()).orElse(sale));
        }
    }

    /** An order that may yet be carried out keeps its slot. */
    private static boolean mayHoldPieces(PlacingResult result, Sale sale) {
        if (result instanceof PlacingResult.Decided decided) {
            return mayHoldPieces(decided.order(), sale);
        }
        if (result instanceof PlacingResult.InProgress inProgress) {
            return mayHoldPieces(inProgress.order(), sale);
        }
        return result instanceof PlacingResult.Undecided;
    }

    private static boolean mayHoldPieces(Order order, Sale sale) {
        return order.purchase().sale().filter(sale.id()::equals).isPresent()
                && order.status() != OrderStatus.REJECTED
                && order.status() != OrderStatus.CLOSED;
    }
}
