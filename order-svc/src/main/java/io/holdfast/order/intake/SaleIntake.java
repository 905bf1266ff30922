package io.holdfast.order.intake;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.edge.problem.ProblemException;
import io.holdfast.order.admission.Admission;
import io.holdfast.order.admission.Verdict;
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
import io.holdfast.order.sale.KnownSales;
import io.holdfast.order.sale.UncountedOrders;
import io.holdfast.order.store.SaleBook.OrderKey;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * The way of a request to order in a sale, until it is an order like any other. Whoever is refused on this way costs no statement.
 *
 * <p>The admission is asked first and never believed alone: how many one buyer has, and whether the sale sells, is decided when the
 * order is written down, and whether there are goods in stock-svc.
 */
@Component
class SaleIntake {

    private final KnownSales sales;
    private final Admission admission;
    private final UncountedOrders uncounted;
    private final OrderPlacing orders;
    private final Clock clock;

    SaleIntake(KnownSales sales, Admission admission, UncountedOrders uncounted, OrderPlacing orders, Clock clock) {
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
    PlacingResult take(Sale sale, BuyerId buyer, SaleOrderRequest request, IdempotencyKey key) {
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
            case PAUSED, CLOSED -> look(sale, checked.purchase(), order, key);
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

    /** The sale does not sell, but whoever has ordered in it gets the same answer for the same key. */
    private PlacingResult look(Sale sale, Purchase purchase, OrderKey order, IdempotencyKey key) {
        return switch (admission.look(sale, order)) {
            case REPEATED, UNCOUNTED, UNAVAILABLE -> orders.again(purchase, key).orElseThrow(() -> refusal(sale));
            default -> refuse(sale, purchase, key, () -> refusal(sale));
        };
    }

    /**
     * Whoever has no slot has no order, and is refused without a statement; unless orders were placed of late that the counters may not
     * know of.
     */
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
        Verdict verdict = admission.admit(sale, order, pieces(checked));
        Purchase purchase = checked.purchase();
        return switch (verdict) {
            case ADMITTED -> place(sale, checked, order, key);
            case REPEATED ->
                orders.again(purchase, key).orElseGet(() -> placeBesideDuplicate(sale, checked, order, key));
            case ALREADY_BOUGHT -> refuse(sale, purchase, key, () -> SaleProblems.alreadyBought(sale));
            case SOLD_OUT -> refuse(sale, purchase, key, SaleProblems::soldOut);
            case PAUSED -> refuse(sale, purchase, key, SaleProblems::paused);
            case CLOSED -> refuse(sale, purchase, key, SaleProblems::closed);
            case UNCOUNTED -> orders.again(purchase, key).orElseGet(() -> placeUnasked(sale, checked, order, key));
            case UNAVAILABLE ->
                orders.again(purchase, key).orElseGet(() -> {
                    // First: whoever dies after the order is placed tells nobody.
                    uncounted.noteIn(sale.id());
                    return placeUnasked(sale, checked, order, key);
                });
        };
    }

    /** By the database alone. */
    private PlacingResult placeUnasked(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        if (orders.isSoldOut(checked.purchase())) {
            throw SaleProblems.soldOut();
        }
        PlacingResult taken = place(sale, checked, order, key);
        if (mayHoldPieces(taken, sale) && !admission.add(sale, order, pieces(checked))) {
            uncounted.noteAfterwards(sale.id());
        }
        return taken;
    }

    /** Within the limit of a sale, which is an int. */
    private static int pieces(ValidOrder checked) {
        return Math.toIntExact(checked.purchase().pieces());
    }

    /** The slot is of another request with this key, which may be placing the order: it is not this one's to give back. */
    private PlacingResult placeBesideDuplicate(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        PlacingResult taken = orders.placeAdmitted(checked, key);
        if (mayHoldPieces(taken, sale)) {
            // It has one, unless that was of an order that is gone.
            admission.add(sale, order, pieces(checked));
        } else if (taken instanceof PlacingResult.Decided) {
            remember(sale, order);
        }
        refuseIfNotOfTheSale(taken, sale);
        return taken;
    }

    private PlacingResult place(Sale sale, ValidOrder checked, OrderKey order, IdempotencyKey key) {
        PlacingResult taken = orders.placeAdmitted(checked, key);
        if (!mayHoldPieces(taken, sale)) {
            if (taken instanceof PlacingResult.Decided) {
                remember(sale, order);
            } else {
                admission.giveBack(sale, order);
            }
        }
        refuseIfNotOfTheSale(taken, sale);
        return taken;
    }

    /** The same key gets the same answer, whatever has become of the sale. */
    private void remember(Sale sale, OrderKey order) {
        if (!admission.remember(sale, order)) {
            uncounted.noteAfterwards(sale.id());
        }
    }

    private void refuseIfNotOfTheSale(PlacingResult taken, Sale sale) {
        if (taken instanceof PlacingResult.NotEntered) {
            // The database refused it: it is more than one buyer may have, or the sale was stopped a moment ago.
            throw refusal(sales.findAnew(sale.id()).orElse(sale));
        }
    }

    /** An order that may yet be carried out keeps its slot. */
    private static boolean mayHoldPieces(PlacingResult taken, Sale sale) {
        if (taken instanceof PlacingResult.Decided decided) {
            return mayHoldPieces(decided.order(), sale);
        }
        if (taken instanceof PlacingResult.InProgress inProgress) {
            return mayHoldPieces(inProgress.order(), sale);
        }
        return taken instanceof PlacingResult.Undecided;
    }

    private static boolean mayHoldPieces(Order order, Sale sale) {
        return order.purchase().sale().filter(sale.id()::equals).isPresent()
                && order.status() != OrderStatus.REJECTED
                && order.status() != OrderStatus.CLOSED;
    }
}
