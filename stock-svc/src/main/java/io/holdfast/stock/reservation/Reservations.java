package io.holdfast.stock.reservation;

import io.holdfast.rows.Batches;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.ReservationStatus;
import io.holdfast.stock.model.ReservationStatus.Step;
import io.holdfast.stock.model.Sku;
import io.holdfast.tcc.TryMemory;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.springframework.stereotype.Component;

/** The reservations of orders, and what became of them. */
@Component
class Reservations {

    /** Keeps one statement well below the largest packet, and its placeholders in bounds. */
    private static final int MAX_LIST_LENGTH = 500;

    private final ReservationMapper mapper;
    private final Batches batches;
    private final Clock clock;

    /** The orders of a branch never change, so the Confirm can use what the Try of this process knew. */
    private final TryMemory<List<OrderLines>> reservedHere = new TryMemory<>();

    Reservations(ReservationMapper mapper, Batches batches, Clock clock) {
        this.mapper = mapper;
        this.batches = batches;
        this.clock = clock;
    }

    /**
     * Makes the reservations of a branch, and claims its orders.
     *
     * @throws org.springframework.dao.DuplicateKeyException if one of the orders has a live reservation
     */
    void add(String xid, long branchId, List<OrderLines> orders) {
        LocalDateTime now = now();
        // Claimed in one order by all, so that two Tries that share orders cannot wait in a circle.
        List<OrderLines> sorted =
                orders.stream().sorted(Comparator.comparing(OrderLines::order)).toList();
        List<String> ids =
                sorted.stream().map(OrderLines::order).map(OrderId::value).toList();
        List<ReservationRow> rows = sorted.stream()
                .flatMap(order -> order.lines().entrySet().stream()
                        .map(line -> ReservationRow.reserved(
                                xid, branchId, order.order(), line.getKey(), line.getValue(), now)))
                .toList();
        int claimed = batches.send(
                        ReservationMapper.class, batched -> ids.forEach(id -> batched.claim(id, xid, branchId)))
                .length;
        int added = batches.send(ReservationMapper.class, batched -> rows.forEach(batched::insert)).length;
        if (claimed != ids.size() || added != rows.size()) {
            throw new IllegalStateException("I4: " + claimed + " of " + ids.size() + " orders were claimed and " + added
                    + " of " + rows.size() + " reservations made, xid " + xid);
        }
        reservedHere.note(xid, branchId, List.copyOf(orders));
    }

    /**
     * Sells a branch's reservations. The orders stay claimed for ever. What was released meanwhile, because its order is being closed,
     * stays released.
     *
     * @return what is sold now of each SKU
     * @throws IllegalStateException if nothing was ever reserved
     */
    SortedMap<Sku, Quantity> sell(String xid, long branchId) {
        return decide(xid, branchId, ReservationStatus.RESERVED.to(ReservationStatus.SOLD), true);
    }

    /**
     * Releases what one order holds or has taken, after its branch was confirmed. The order stays claimed for ever: it had its
     * reservation, and gets no other one.
     *
     * @return what was held by it; nothing if it was released before, or never held any
     */
    Released releaseOf(OrderId order) {
        List<ReservationRow> rows = mapper.lockClaimed(order.value());
        return new Released(
                !rows.isEmpty(),
                releaseOf(order, rows, ReservationStatus.RESERVED),
                releaseOf(order, rows, ReservationStatus.SOLD));
    }

    private SortedMap<Sku, Quantity> releaseOf(OrderId order, List<ReservationRow> rows, ReservationStatus from) {
        List<ReservationRow> held =
                rows.stream().filter(row -> row.status() == from).toList();
        SortedMap<Sku, Quantity> totals = new TreeMap<>();
        if (held.isEmpty()) {
            return totals;
        }
        held.forEach(row -> totals.merge(new Sku(row.sku()), new Quantity(row.quantity()), Quantity::plus));
        Step step = from.to(ReservationStatus.RELEASED);
        ReservationRow any = held.get(0);
        int released = mapper.decideOrder(any.xid(), any.branchId(), order.value(), step.from(), step.next(), now());
        if (released != held.size()) {
            throw new IllegalStateException("I8: " + released + " of " + held.size() + " reservations of order " + order
                    + " went from " + step);
        }
        return totals;
    }

    /**
     * @param known whether the order has a reservation at all, in whatever status
     * @param reserved what was reserved of each SKU
     * @param sold what was sold of each SKU
     */
    record Released(boolean known, SortedMap<Sku, Quantity> reserved, SortedMap<Sku, Quantity> sold) {}

    /**
     * Ends the life of a branch's reservations without effect. The orders may be reserved anew.
     *
     * @return what was reserved of each SKU
     * @throws IllegalStateException if nothing was reserved, or not all of it was there to be released
     */
    SortedMap<Sku, Quantity> release(String xid, long branchId) {
        SortedMap<Sku, Quantity> totals =
                decide(xid, branchId, ReservationStatus.RESERVED.to(ReservationStatus.RELEASED), false);
        List<String> ids = mapper.ordersOf(xid, branchId);
        int[] unclaimed =
                batches.send(ReservationMapper.class, batched -> ids.forEach(id -> batched.unclaim(id, xid, branchId)));
        if (Arrays.stream(unclaimed).sum() != ids.size()) {
            throw new IllegalStateException("I4: of " + ids.size() + " orders of the branch were claimed by it: "
                    + Arrays.toString(unclaimed) + ", xid " + xid + ", branch " + branchId);
        }
        return totals;
    }

    /** @param someReleased whether reservations may have been released before; they are left as they are */
    private SortedMap<Sku, Quantity> decide(String xid, long branchId, Step step, boolean someReleased) {
        int decided = mapper.decide(xid, branchId, step.from(), step.next(), now());
        List<OrderLines> reserved = reservedHere.take(xid, branchId).orElse(List.of());
        if (decided > 0
                && decided
                        == reserved.stream()
                                .mapToInt(order -> order.lines().size())
                                .sum()) {
            return bySku(reserved);
        }
        // A plain select: sums taken inside the update of the stock would share-lock these rows.
        SortedMap<Sku, Quantity> totals = new TreeMap<>();
        long all = 0;
        long moved = 0;
        long releasedBefore = 0;
        for (SkuTotal total : mapper.totals(xid, branchId)) {
            all += total.reservations();
            if (total.status() == step.next()) {
                totals.put(new Sku(total.sku()), new Quantity(total.quantity()));
                moved += total.reservations();
            } else if (someReleased && total.status() == ReservationStatus.RELEASED) {
                releasedBefore += total.reservations();
            }
        }
        if (all == 0 || decided != moved || moved + releasedBefore != all) {
            throw new IllegalStateException("I8: " + decided + " of " + all + " reservations went from " + step
                    + ", xid " + xid + ", branch " + branchId);
        }
        return totals;
    }

    /** Cannot overflow: there was that much. */
    private static SortedMap<Sku, Quantity> bySku(List<OrderLines> orders) {
        SortedMap<Sku, Quantity> totals = new TreeMap<>();
        orders.forEach(order -> order.lines().forEach((sku, quantity) -> totals.merge(sku, quantity, Quantity::plus)));
        return totals;
    }

    /** The reservations of the orders that hold or have taken stock, in whatever global transaction. */
    List<ReservationRow> live(List<OrderLines> orders) {
        List<String> ids =
                orders.stream().map(OrderLines::order).map(OrderId::value).toList();
        List<ReservationRow> live = new ArrayList<>();
        inParts(ids, part -> {
            live.addAll(mapper.findLive(part));
            return 0;
        });
        return live;
    }

    private static <T> int inParts(List<T> all, ToIntFunction<List<T>> statement) {
        int rows = 0;
        for (int from = 0; from < all.size(); from += MAX_LIST_LENGTH) {
            rows += statement.applyAsInt(all.subList(from, Math.min(from + MAX_LIST_LENGTH, all.size())));
        }
        return rows;
    }

    private LocalDateTime now() {
        return LocalDateTime.now(clock);
    }
}
