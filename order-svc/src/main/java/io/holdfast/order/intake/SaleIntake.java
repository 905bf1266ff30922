package io.holdfast.order.intake;

import io.holdfast.edge.IdempotencyKey;
import io.holdfast.edge.ProblemException;
import io.holdfast.order.admission.Admission;
import io.holdfast.order.admission.Verdict;
import io.holdfast.order.book.SaleBook.OrderKey;
import io.holdfast.order.intake.OrderCheck.Checked;
import io.holdfast.order.intake.OrderIntake.Taken;
import io.holdfast.order.model.BuyerId;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.sale.KnownSales;
import io.holdfast.order.sale.UncountedOrders;
import java.time.Clock;
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
    private final OrderIntake orders;
    private final Clock clock;

    SaleIntake(KnownSales sales, Admission admission, UncountedOrders uncounted, OrderIntake orders, Clock clock) {
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
                .orElseThrow(OrderProblems::noSuchSale);
    }

    /**
     * @return how the request ends
     * @throws InvalidOrderException if no order can be made of it
     * @throws ProblemException if it is refused before there is an order
     */
    Taken take(Sale sale, BuyerId buyer, SaleOrderRequest request, IdempotencyKey key) {
        Checked checked = OrderCheck.check(request, sale, buyer);
        OrderKey order = new OrderKey(buyer.value(), key.value());
        return switch (sale.stateAt(clock.instant())) {
            case OPEN -> orders.beyondBudget(checked.purchase(), key).orElseGet(() -> admit(sale, checked, order, key));
            case SCHEDULED -> throw OrderProblems.notOpen(sale, clock.instant());
            case PAUSED, CLOSED -> look(sale, checked.purchase(), order, key);
            case PREPARING, REFUSED -> throw OrderProblems.noSuchSale();
        };
    }

    /** The sale does not sell, but whoever has ordered in it gets the same answer for the same key. */
    private Taken look(Sale sale, Purchase purchase, OrderKey order, IdempotencyKey key) {
        return switch (admission.look(sale, order)) {
            case REPEATED, UNCOUNTED, UNAVAILABLE -> orders.again(purchase, key).orElseThrow(() -> refusal(sale));
            default -> refuse(sale, purchase, key, () -> refusal(sale));
        };
    }

    /**
     * Whoever has no slot has no order, and is refused without a statement; unless orders were placed of late that the counters may not
     * know of.
     */
    private Taken refuse(Sale sale, Purchase purchase, IdempotencyKey key, Supplier<ProblemException> why) {
        if (!uncounted.mayBeIn(sale.id())) {
            throw why.get();
        }
        return orders.again(purchase, key).orElseThrow(why);
    }

    private ProblemException refusal(Sale sale) {
        return switch (sale.stateAt(clock.instant())) {
            case SCHEDULED -> OrderProblems.notOpen(sale, clock.instant());
            case PAUSED -> OrderProblems.paused();
            case CLOSED -> OrderProblems.closed();
            case OPEN -> OrderProblems.alreadyBought(sale);
            case PREPARING, REFUSED -> OrderProblems.noSuchSale();
        };
    }

    private Taken admit(Sale sale, Checked checked, OrderKey order, IdempotencyKey key) {
        Verdict verdict = admission.admit(sale, order, pieces(checked));
        Purchase purchase = checked.purchase();
        return switch (verdict) {
            case ADMITTED -> place(sale, checked, order, key);
            case REPEATED -> orders.again(purchase, key).orElseGet(() -> placeBesideTwin(sale, checked, order, key));
            case ALREADY_BOUGHT -> refuse(sale, purchase, key, () -> OrderProblems.alreadyBought(sale));
            case SOLD_OUT -> refuse(sale, purchase, key, OrderProblems::soldOut);
            case PAUSED -> refuse(sale, purchase, key, OrderProblems::paused);
            case CLOSED -> refuse(sale, purchase, key, OrderProblems::closed);
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
    private Taken placeUnasked(Sale sale, Checked checked, OrderKey order, IdempotencyKey key) {
        if (orders.isSoldOut(checked.purchase())) {
            throw OrderProblems.soldOut();
        }
        Taken taken = place(sale, checked, order, key);
        if (mayHoldPieces(taken, sale) && !admission.add(sale, order, pieces(checked))) {
            uncounted.noteAfterwards(sale.id());
        }
        return taken;
    }

    /** Within the limit of a sale, which is an int. */
    private static int pieces(Checked checked) {
        return Math.toIntExact(checked.purchase().pieces());
    }

    /** The slot is of another request with this key, which may be placing the order: it is not this one's to give back. */
    private Taken placeBesideTwin(Sale sale, Checked checked, OrderKey order, IdempotencyKey key) {
        Taken taken = orders.takeInSale(checked, key);
        if (mayHoldPieces(taken, sale)) {
            // It has one, unless that was of an order that is gone.
            admission.add(sale, order, pieces(checked));
        } else if (taken instanceof Taken.Settled) {
            remember(sale, order);
        }
        refuseIfNotOfTheSale(taken, sale);
        return taken;
    }

    private Taken place(Sale sale, Checked checked, OrderKey order, IdempotencyKey key) {
        Taken taken;
        try {
            taken = orders.takeInSale(checked, key);
        } catch (InvalidOrderException e) {
            admission.giveBack(sale, order);
            throw e;
        }
        if (!mayHoldPieces(taken, sale)) {
            if (taken instanceof Taken.Settled) {
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

    private void refuseIfNotOfTheSale(Taken taken, Sale sale) {
        if (taken instanceof Taken.NotOfTheSale) {
            // The database refused it: it is more than one buyer may have, or the sale was stopped a moment ago.
            throw refusal(sales.findAnew(sale.id()).orElse(sale));
        }
    }

    /** An order that may yet be carried out keeps its slot. */
    private static boolean mayHoldPieces(Taken taken, Sale sale) {
        if (taken instanceof Taken.Settled settled) {
            return mayHoldPieces(settled.order(), sale);
        }
        if (taken instanceof Taken.InProgress inProgress) {
            return mayHoldPieces(inProgress.order(), sale);
        }
        return taken instanceof Taken.Unknown;
    }

    private static boolean mayHoldPieces(Order order, Sale sale) {
        return order.purchase().sale().filter(sale.id()::equals).isPresent()
                && order.status() != OrderStatus.REJECTED
                && order.status() != OrderStatus.CLOSED;
    }
}
