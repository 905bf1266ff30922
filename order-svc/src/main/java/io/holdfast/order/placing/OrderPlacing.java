package io.holdfast.order.placing;

import io.holdfast.edge.audit.AuditedAction;
import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.order.model.OrderIds;
import io.holdfast.order.model.OrderLimits;
import io.holdfast.order.model.Purchase;
import io.holdfast.order.model.Rejection;
import io.holdfast.order.model.RequestHash;
import io.holdfast.order.model.Sku;
import io.holdfast.order.refusals.RefusalBudget;
import io.holdfast.order.soldout.SoldOut;
import io.holdfast.order.store.OrderRepository;
import io.holdfast.properties.LiveProperties;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes a request to place an order from its validation to its result. One pair of buyer and idempotency key makes one order, and all
 * requests with it get that order's answer.
 */
@Component
public class OrderPlacing {

    private static final Logger log = LoggerFactory.getLogger(OrderPlacing.class);

    private final OrderRepository repository;
    private final GroupCommit groups;
    private final SoldOut soldOut;
    private final LiveProperties<OrderLimits> limits;
    private final RefusalBudget budget;
    private final DuplicateRequestWait duplicates;
    private final OrderIds ids;
    private final Clock clock;

    OrderPlacing(
            OrderRepository repository,
            GroupCommit groups,
            SoldOut soldOut,
            LiveProperties<OrderLimits> limits,
            RefusalBudget budget,
            DuplicateRequestWait duplicates,
            OrderIds ids,
            Clock clock) {
        this.repository = repository;
        this.groups = groups;
        this.soldOut = soldOut;
        this.limits = limits;
        this.budget = budget;
        this.duplicates = duplicates;
        this.ids = ids;
        this.clock = clock;
    }

    /** @return how the request ends */
    PlacingResult place(PlaceOrderRequest request, IdempotencyKey key) {
        try {
            ValidOrder order = OrderValidation.validate(request);
            return again(order.purchase(), key).orElseGet(() -> placeNew(order, key));
        } catch (InvalidOrderException e) {
            return new PlacingResult.Invalid(e.errors());
        }
    }

    private PlacingResult placeNew(ValidOrder order, IdempotencyKey key) {
        Purchase purchase = order.purchase();
        // Later than the rest, for limits change: a request that is repeated gets the answer to the order that it made
        // before.
        OrderValidation.validate(purchase, limits.current());
        return budget.spentBy(purchase.buyer())
                .<PlacingResult>map(PlacingResult.TooManyRefused::new)
                .orElseGet(() -> counted(placeOrRefuse(received(purchase, key), order.card())));
    }

    private PlacingResult placeOrRefuse(Order order, Optional<CardToken> card) {
        return soldOut.in(order.purchase()).map(sku -> refuse(order, sku)).orElseGet(() -> placeNow(order, card));
    }

    /** Counts what was refused just now towards its buyer's budget. */
    private PlacingResult counted(PlacingResult result) {
        if (result instanceof PlacingResult.Decided decided && decided.created()) {
            budget.note(decided.order());
        }
        return result;
    }

    /**
     * How a request ends whose buyer had too many orders refused: with the answer to the order that its key made before, or with
     * nothing done.
     *
     * @return empty if the buyer may order
     */
    public Optional<PlacingResult> beyondBudget(Purchase purchase, IdempotencyKey key) {
        return budget.spentBy(purchase.buyer())
                .map(spent -> again(purchase, key).orElseGet(() -> new PlacingResult.TooManyRefused(spent)));
    }

    /**
     * As {@link #place}, of an order in a sale: the caller has already checked that it may be had, so an earlier order of the same key is
     * not looked up first. If there is one, that shows when the order is written.
     */
    public PlacingResult placeAdmitted(ValidOrder order, IdempotencyKey key) {
        try {
            OrderValidation.validate(order.purchase(), limits.current());
            return counted(placeNow(received(order.purchase(), key), order.card()));
        } catch (InvalidOrderException e) {
            return new PlacingResult.Invalid(e.errors());
        }
    }

    /** The answer to the order that the key has made before, if it has. */
    public Optional<PlacingResult> again(Purchase purchase, IdempotencyKey key) {
        return repository.findByKey(purchase.buyer(), key.value()).map(earlier -> again(earlier, purchase));
    }

    /** Whether stock-svc has just said that there is none left. */
    public boolean isSoldOut(Purchase purchase) {
        return soldOut.in(purchase).isPresent();
    }

    private Order received(Purchase purchase, IdempotencyKey key) {
        return audited(Order.received(ids.next(), purchase, key.value(), clock.instant()));
    }

    private static Order audited(Order order) {
        AuditedAction.describe(
                "order " + order.id() + " of " + order.purchase().buyer().value(),
                order.total().minor() + " " + order.total().currency());
        return order;
    }

    /** Refused from memory, and kept all the same: the same key gets the same answer when there are goods again. */
    private PlacingResult refuse(Order order, Sku sku) {
        Order refused = order.rejectedAtOnce(Rejection.soldOut(sku));
        if (!repository.enter(refused)) {
            return answerOfEarlier(order);
        }
        log.info("Order {} is rejected at once: {} was just found sold out", order.id(), sku);
        return new PlacingResult.Decided(refused, true);
    }

    private PlacingResult placeNow(Order order, Optional<CardToken> card) {
        PlacingResult result = groups.place(order, card);
        return result instanceof PlacingResult.NotEntered ? answerOfEarlier(order) : result;
    }

    private PlacingResult again(Order earlier, Purchase purchase) {
        if (!earlier.cameOf(RequestHash.of(purchase))) {
            return new PlacingResult.KeyReused();
        }
        Order order = audited(duplicates.awaitDecision(earlier));
        return order.status().isDecided()
                ? new PlacingResult.Decided(order, false)
                : new PlacingResult.InProgress(order);
    }

    /** It was not written down: another one has its key, or it would have been too much of a sale. */
    private PlacingResult answerOfEarlier(Order order) {
        Optional<Order> earlier = repository.findByKey(order.purchase().buyer(), order.idempotencyKey());
        if (earlier.isPresent()) {
            return again(earlier.get(), order.purchase());
        }
        if (order.purchase().sale().isEmpty()) {
            throw new IllegalStateException("The order that took the key of " + order.id() + " is gone");
        }
        return new PlacingResult.NotEntered();
    }
}
