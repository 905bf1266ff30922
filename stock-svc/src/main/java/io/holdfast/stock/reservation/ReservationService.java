package io.holdfast.stock.reservation;

import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Refusal;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.reservation.ReservationOutcome.Busy;
import io.holdfast.stock.reservation.ReservationOutcome.Refused;
import io.holdfast.stock.reservation.ReservationOutcome.Reserved;
import io.holdfast.tcc.TryRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.seata.core.context.RootContext;
import org.apache.seata.rm.tcc.api.BusinessActionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reserves stock, after a look-up by business key. Every call of a Try registers a branch of its own, so the fence cannot recognise
 * a repeated request; the order ids can. An order that is plainly sold out is refused without a branch.
 */
@Component
class ReservationService {

    private static final Logger log = LoggerFactory.getLogger(ReservationService.class);

    /** Seata puts the context of the branch that it registers in this place. */
    private static final @Nullable BusinessActionContext OF_THE_NEW_BRANCH = null;

    private final Reservations reservations;
    private final StockLevels levels;
    private final ReserveStock action;
    private final TransactionTemplate transaction;

    ReservationService(
            Reservations reservations,
            StockLevels levels,
            ReserveStock action,
            PlatformTransactionManager transactionManager) {
        this.reservations = reservations;
        this.levels = levels;
        this.action = action;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    /** @throws TryRefusedException if there is no global transaction that the request belongs to */
    ReservationOutcome reserve(List<OrderLines> orders) {
        String xid = RootContext.getXID();
        if (xid == null) {
            throw new TryRefusedException.NoGlobalTransaction("stock.reserve");
        }
        // One transaction for all queries, or each would have its own.
        Optional<ReservationOutcome> foreseen =
                Objects.requireNonNull(transaction.execute(status -> foresee(xid, orders)));
        return foreseen.orElseGet(() -> tryToReserve(xid, orders));
    }

    /** @return empty if only a Try can decide */
    private Optional<ReservationOutcome> foresee(String xid, List<OrderLines> orders) {
        List<ReservationRow> live = reservations.live(orders);
        if (!live.isEmpty()) {
            return Optional.of(isRepeated(xid, orders, live) ? new Reserved() : busy(live));
        }
        List<Refusal> refusals = levels.foresee(orders).refusals();
        return refusals.isEmpty() ? Optional.empty() : Optional.of(new Refused(refusals));
    }

    private ReservationOutcome tryToReserve(String xid, List<OrderLines> orders) {
        try {
            action.reserve(OF_THE_NEW_BRANCH, orders);
            return new Reserved();
        } catch (OrdersRefusedException refused) {
            return new Refused(refused.refusals());
        } catch (DuplicateKeyException e) {
            // Another request reserved for one of them after the look-up, and its claim stands.
            log.info("Another reservation of the same order came first, xid {}", xid);
            List<ReservationRow> winner = reservations.live(orders);
            if (winner.isEmpty()) {
                throw e;
            }
            return busy(winner);
        }
    }

    private static Busy busy(List<ReservationRow> live) {
        return new Busy(live.stream()
                .map(row -> new OrderId(row.orderId()))
                .distinct()
                .sorted()
                .toList());
    }

    private static boolean isRepeated(String xid, List<OrderLines> orders, List<ReservationRow> live) {
        Map<OrderId, SortedMap<Sku, Quantity>> held = live.stream()
                // What was released by a message is claimed still, and held no more.
                .filter(row -> row.xid().equals(xid) && row.status().isLive())
                .collect(Collectors.groupingBy(
                        row -> new OrderId(row.orderId()),
                        Collectors.toMap(
                                row -> new Sku(row.sku()),
                                row -> new Quantity(row.quantity()),
                                Quantity::plus,
                                TreeMap::new)));
        return orders.stream().allMatch(order -> order.lines().equals(held.get(order.order())));
    }
}
