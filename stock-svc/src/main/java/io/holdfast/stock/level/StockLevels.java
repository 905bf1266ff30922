package io.holdfast.stock.level;

import io.holdfast.stock.model.Allotment;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Moves stock between available, reserved and sold, in the local transaction that is open. Every move changes one row per SKU,
 * in the order of the SKUs, and fails if a single row was not as it has to be.
 */
@Component
public class StockLevels {

    /** From 1,000 on MariaDB turns a list into a subquery, which it may join in any order; that order is our lock order. */
    private static final int MAX_LIST_LENGTH = 500;

    private static final Logger log = LoggerFactory.getLogger(StockLevels.class);

    private final LevelMapper levels;

    StockLevels(LevelMapper levels) {
        this.levels = levels;
    }

    /** What {@link #reserve} would answer now. Nothing is locked and nothing moves. */
    public Allotment foresee(List<OrderLines> orders) {
        return Allotment.of(orders, available(orders, levels::findAll));
    }

    /** From available to reserved, for all orders or, if one has to be refused, for none. */
    public Allotment reserve(List<OrderLines> orders) {
        return orders.size() == 1
                ? reserveAlone(orders.get(0)).orElseGet(() -> reserveUnderLock(orders))
                : reserveUnderLock(orders);
    }

    /** For one line the guarded update decides. Only if it changes no row is the stock read. */
    private Optional<Allotment> reserveAlone(OrderLines order) {
        if (order.lines().size() != 1) {
            return Optional.empty();
        }
        Sku sku = order.lines().firstKey();
        Quantity quantity = order.lines().get(sku);
        return levels.reserveAlone(sku.value(), quantity.value()) == 1
                ? Optional.of(new Allotment.Granted(order.lines()))
                : Optional.empty();
    }

    private Allotment reserveUnderLock(List<OrderLines> orders) {
        Allotment allotment = Allotment.of(orders, available(orders, levels::lock));
        move("reserve", allotment.totals(), levels::reserve);
        return allotment;
    }

    /** From reserved to sold. */
    public void sell(SortedMap<Sku, Quantity> totals) {
        move("sell", totals, levels::sell);
    }

    /** From reserved to available. */
    public void release(SortedMap<Sku, Quantity> totals) {
        move("release", totals, levels::release);
    }

    /** From sold to available. */
    public void takeBack(SortedMap<Sku, Quantity> totals) {
        move("take back", totals, levels::takeBack);
    }

    /** The available quantity, locked until the open transaction ends; empty if nothing was ever received under that SKU. */
    public OptionalLong lockAvailable(Sku sku) {
        return levels.lock(List.of(sku.value())).stream()
                .mapToLong(LevelRow::available)
                .findFirst();
    }

    /**
     * Available goods become another SKU, the one of a sale. There have to be that many, see {@link #lockAvailable}.
     */
    public void allocate(Sku normal, Sku ofSale, Quantity quantity) {
        handOver(normal, quantity.value());
        take(ofSale, quantity.value());
    }

    /**
     * What is available of the goods of a sale becomes normal stock again.
     *
     * @return how many pieces went back
     */
    public long returnAvailable(Sku ofSale, Sku normal) {
        long available = levels.lock(List.of(normal.value(), ofSale.value())).stream()
                .filter(row -> row.sku().equals(ofSale.value()))
                .mapToLong(LevelRow::available)
                .sum();
        if (available == 0) {
            return 0;
        }
        handOver(ofSale, available);
        take(normal, available);
        return available;
    }

    private void handOver(Sku sku, long quantity) {
        if (levels.handOver(sku.value(), quantity) != 1) {
            throw new IllegalStateException("I1: " + quantity + " of " + sku + " were locked and are gone");
        }
    }

    private void take(Sku sku, long quantity) {
        if (!receive(sku, new Quantity(quantity))) {
            throw new IllegalStateException("I1: " + quantity + " more of " + sku + " cannot be counted");
        }
    }

    /**
     * Goods come in. What is set apart of them for sales comes back one day, so it has to be possible to count them all in one.
     *
     * @return false if that many more cannot be counted; then what was done has to be rolled back
     */
    public boolean receiveFromOutside(Sku sku, Quantity quantity) {
        // First the change, which locks the SKU: nothing is set apart of it, or comes back to it, until the transaction
        // ends.
        return receive(sku, quantity)
                && levels.findWithSales(sku.value()).stream()
                                .map(row -> BigInteger.valueOf(row.received()))
                                .reduce(BigInteger.ZERO, BigInteger::add)
                                .bitLength()
                        < Long.SIZE;
    }

    /** @return false if that many more cannot be counted */
    public boolean receive(Sku sku, Quantity quantity) {
        if (add(sku, quantity)) {
            return true;
        }
        levels.ensure(sku.value());
        return add(sku, quantity);
    }

    private boolean add(Sku sku, Quantity quantity) {
        return levels.receive(sku.value(), quantity.value(), Long.MAX_VALUE - quantity.value()) == 1;
    }

    private static Map<Sku, Long> available(
            List<OrderLines> orders, Function<Collection<String>, List<LevelRow>> read) {
        TreeSet<String> wanted = new TreeSet<>();
        orders.forEach(order -> order.lines().keySet().forEach(sku -> wanted.add(sku.value())));
        List<String> sorted = new ArrayList<>(wanted);
        Map<Sku, Long> available = new HashMap<>();
        for (int from = 0; from < sorted.size(); from += MAX_LIST_LENGTH) {
            read.apply(sorted.subList(from, Math.min(from + MAX_LIST_LENGTH, sorted.size())))
                    .forEach(row -> available.put(new Sku(row.sku()), row.available()));
        }
        return available;
    }

    private static void move(
            String what, SortedMap<Sku, Quantity> totals, ToIntFunction<SortedMap<String, Long>> move) {
        List<Map.Entry<Sku, Quantity>> all = List.copyOf(totals.entrySet());
        int moved = 0;
        for (int from = 0; from < all.size(); from += MAX_LIST_LENGTH) {
            SortedMap<String, Long> part = new TreeMap<>();
            all.subList(from, Math.min(from + MAX_LIST_LENGTH, all.size()))
                    .forEach(total ->
                            part.put(total.getKey().value(), total.getValue().value()));
            moved += move.applyAsInt(part);
        }
        if (moved != all.size()) {
            // A buyer may read why an attempt failed, and is not to read of others.
            log.error("I1: of these SKUs only {} hold what is to be moved ({}): {}", moved, what, totals);
            throw new IllegalStateException(
                    "I1: of " + all.size() + " SKUs " + moved + " hold what is to be moved (" + what + ")");
        }
    }
}
