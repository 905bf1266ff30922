package io.holdfast.stock.reservation;

import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.ReservationStatus.Step;
import io.holdfast.stock.model.Sku;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The reservations of orders, and what became of them. */
@Component
class Reservations {

    /** Keeps one statement well below the largest packet, and its placeholders in bounds. */
    private static final int LONGEST_LIST = 500;

    private final ReservationMapper mapper;
    private final Clock clock;

    Reservations(ReservationMapper mapper, Clock clock) {
        this.mapper = mapper;
        this.clock = clock;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live reservation */
    void add(String xid, long branchId, List<OrderLines> orders) {
        LocalDateTime now = now();
        List<ReservationRow> rows = orders.stream()
                // One order for all, so that two Tries that share orders cannot deadlock at the unique key.
                .sorted(Comparator.comparing(OrderLines::order))
                .flatMap(order -> order.lines().entrySet().stream()
                        .map(line -> ReservationRow.reserved(
                                xid, branchId, order.order(), line.getKey(), line.getValue(), now)))
                .toList();
        int added = 0;
        for (int from = 0; from < rows.size(); from += LONGEST_LIST) {
            added += mapper.insertAll(rows.subList(from, Math.min(from + LONGEST_LIST, rows.size())));
        }
        if (added != rows.size()) {
            throw new IllegalStateException(
                    "I4: " + added + " of " + rows.size() + " reservations were made, xid " + xid);
        }
    }

    /**
     * Takes all reservations of a branch one step further.
     *
     * @return what they hold together of each SKU
     * @throws IllegalStateException if there is none, or one of them was not there to take the step
     */
    SortedMap<Sku, Quantity> decide(String xid, long branchId, Step step) {
        int decided = mapper.decide(xid, branchId, step.from(), step.next(), now());
        // A plain select: sums taken inside the update of the stock would share-lock these rows.
        SortedMap<Sku, Quantity> totals = new TreeMap<>();
        long all = 0;
        for (SkuTotal total : mapper.totals(xid, branchId)) {
            totals.put(new Sku(total.sku()), new Quantity(total.quantity()));
            all += total.reservations();
        }
        if (decided == 0 || decided != all) {
            throw new IllegalStateException("I8: " + decided + " of " + all + " reservations went from " + step
                    + ", xid " + xid + ", branch " + branchId);
        }
        return totals;
    }

    /** The reservations of the orders that hold or have taken stock, in whatever global transaction. */
    List<ReservationRow> live(List<OrderLines> orders) {
        List<String> ids =
                orders.stream().map(OrderLines::order).map(OrderId::value).toList();
        List<ReservationRow> live = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += LONGEST_LIST) {
            live.addAll(mapper.findLive(ids.subList(from, Math.min(from + LONGEST_LIST, ids.size()))));
        }
        return live;
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock).truncatedTo(ChronoUnit.MILLIS);
    }
}
