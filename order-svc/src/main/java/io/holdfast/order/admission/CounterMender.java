package io.holdfast.order.admission;

import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.store.SaleBook;
import io.holdfast.order.store.SaleBook.Held;
import io.holdfast.order.store.SaleBook.MendKind;
import io.holdfast.order.store.SaleBook.OrderKey;
import io.holdfast.order.store.SaleBook.Uncounted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the counters of a sale in Redis after what the database says. A counter that is too high hides pieces that could be sold; one
 * that is too low lets buyers in who are refused later. Both are mended, told in the log, counted, and written down for the reconciler.
 *
 * <p>Redis is read first and the database after it, and what differs has to differ in two looks, because orders come and go in
 * between. Several instances may look: each change is one script, and only one of them makes it.
 *
 * <p>Not for several threads.
 */
class CounterMender {

    /** Counter, tag {@code kind}: oversell, undersell, buyers. */
    static final String MENDS = "holdfast.order.admission.mends";

    private static final Logger log = LoggerFactory.getLogger(CounterMender.class);

    private final SaleCounters counters;
    private final SaleBook book;
    private final SoldOutFlags flags;
    private final Duration forgottenAfter;
    private final Instance instance;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Map<PartOf, Seen> before = new HashMap<>();

    /** @param forgottenAfter how long a slot is kept whose order is not written down */
    CounterMender(
            SaleCounters counters,
            SaleBook book,
            SoldOutFlags flags,
            Duration forgottenAfter,
            Instance instance,
            Clock clock,
            MeterRegistry meters) {
        this.counters = counters;
        this.book = book;
        this.flags = flags;
        this.forgottenAfter = forgottenAfter;
        this.instance = instance;
        this.clock = clock;
        this.meters = meters;
        for (MendKind kind : MendKind.values()) {
            mends(kind);
        }
    }

    /**
     * Makes the counters follow the stage of a sale, and builds them if there are none.
     *
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another look makes up for it
     */
    void follow(Sale sale) {
        switch (sale.stage()) {
            case READY -> open(sale, "SELLING");
            case PAUSED -> open(sale, "PAUSED");
            case CLOSING, CLOSED -> {
                SalePart.allOf(sale.terms()).forEach(part -> before.remove(new PartOf(sale.id(), part)));
                flags.forget(sale.id());
                close(sale);
            }
            case PREPARING, REFUSED -> {}
        }
    }

    private void open(Sale sale, String state) {
        if (!counters.isLoaded(sale)) {
            build(sale);
        }
        counters.open(sale, state);
    }

    /** Nobody compares them any more, and those who have ordered still ask for their orders. */
    private void close(Sale sale) {
        Optional<String> state = counters.state(sale.id());
        if (state.filter(known -> !known.equals("CLOSED")).isPresent()) {
            addAllMissing(sale);
        }
        counters.close(sale);
    }

    /** Sales with orders that may have no slot, and that were placed long enough ago to be found now. */
    List<Uncounted> uncounted(int limit) {
        return book.uncountedBefore(clock.instant().minus(forgottenAfter), limit);
    }

    /**
     * Adds what is missing, at once. Then the counters know of all orders of before, or there are none to ask.
     *
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another look makes up for it
     */
    void count(Uncounted uncounted) {
        book.find(uncounted.sale()).ifPresent(sale -> {
            if (counters.isLoaded(sale)) {
                addAllMissing(sale);
            }
        });
        book.counted(uncounted);
    }

    private void addAllMissing(Sale sale) {
        for (SalePart part : partsInUse(sale)) {
            addAgain(sale, part, differences(sale, part).missing());
        }
    }

    private void build(Sale sale) {
        long start = System.nanoTime();
        counters.begin(sale, clock.millis());
        long taken = 0;
        for (SalePart part : partsInUse(sale)) {
            Differences found = differences(sale, part);
            counters.add(sale, part, found.missing());
            giveBackUnused(sale, part, found.surplus(), Set.of());
            taken = counters.recount(sale, part).taken();
            remember(sale, part, new Differences(List.of(), found.surplus()));
        }
        flags.lower(sale.id());
        log.info(
                "The counters of sale {} are built from the database: {} of {} taken, in {} ms",
                sale.id(),
                taken,
                sale.terms().quota(),
                Duration.ofNanos(System.nanoTime() - start).toMillis());
    }

    /** Those that have a slot or an order, and at least one: the sale is summed up with the last of them. */
    private List<SalePart> partsInUse(Sale sale) {
        Set<SalePart> inUse = new HashSet<>(counters.partsWithSlots(sale));
        inUse.addAll(book.partsWithOrders(sale));
        return SalePart.allOf(sale.terms()).stream()
                .filter(part -> part.number() == 0 || inUse.contains(part))
                .toList();
    }

    /**
     * Compares what the counters of one part hold with its orders.
     *
     * @return whether something differs that will be mended if it still differs in another look
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another look makes up for it
     */
    boolean compare(Sale sale, SalePart part) {
        Differences found = differences(sale, part);
        Seen last = remember(sale, part, found);
        addAgain(
                sale,
                part,
                found.missing().stream()
                        .filter(held -> last.missing().contains(SlotKey.of(held.order())))
                        .toList());
        boolean endedNow = giveBackUnused(sale, part, found.surplus(), last.surplus());
        tell(sale.id(), counters.recount(sale, part));
        return endedNow
                || found.missing().stream().anyMatch(held -> !last.missing().contains(SlotKey.of(held.order())));
    }

    private Differences differences(Sale sale, SalePart part) {
        Map<String, String> surplus = counters.slotsOf(sale.id(), part);
        List<Held> missing = new ArrayList<>();
        book.forEachOrder(
                sale.id(),
                part,
                page -> page.forEach(order -> {
                    String field = SlotKey.of(order.order());
                    String entry = surplus.remove(field);
                    boolean slot = entry != null && Slot.parse(entry).pieces() > 0;
                    if (entry == null || !slot && order.pieces() > 0) {
                        missing.add(order);
                    } else if (slot && order.pieces() == 0) {
                        surplus.put(field, entry);
                    }
                }));
        return new Differences(missing, surplus);
    }

    /** @return what was seen the last time */
    private Seen remember(Sale sale, SalePart part, Differences found) {
        Seen now = new Seen(keysOf(found.missing()), Set.copyOf(found.surplus().keySet()));
        Seen last = before.put(new PartOf(sale.id(), part), now);
        return last == null ? Seen.NOTHING : last;
    }

    private static Set<String> keysOf(List<Held> held) {
        return held.stream().map(order -> SlotKey.of(order.order())).collect(Collectors.toUnmodifiableSet());
    }

    private void addAgain(Sale sale, SalePart part, List<Held> missing) {
        if (missing.isEmpty()) {
            return;
        }
        long pieces = counters.add(sale, part, missing);
        if (pieces > 0) {
            long orders = missing.stream().filter(order -> order.pieces() > 0).count();
            mended(sale.id(), MendKind.OVERSELL, pieces, orders + " orders had no slot");
        }
    }

    /** @return whether there are slots of orders that ended, and were not seen before */
    private boolean giveBackUnused(Sale sale, SalePart part, Map<String, String> surplus, Set<String> surplusBefore) {
        if (surplus.isEmpty()) {
            return false;
        }
        SaleId id = sale.id();
        Map<OrderKey, OrderStatus> fates =
                book.fates(id, surplus.keySet().stream().map(SlotKey::parse).toList());
        boolean endedNow = false;
        Map<String, String> ended = new HashMap<>();
        Map<String, String> forgotten = new HashMap<>();
        Instant limit = clock.instant().minus(forgottenAfter);
        for (Map.Entry<String, String> entry : surplus.entrySet()) {
            String field = entry.getKey();
            OrderStatus fate = fates.get(SlotKey.parse(field));
            Slot slot = Slot.parse(entry.getValue());
            if (fate == OrderStatus.REJECTED || fate == OrderStatus.CLOSED) {
                if (surplusBefore.contains(field)) {
                    ended.put(field, entry.getValue());
                } else {
                    endedNow = true;
                }
            } else if (fate == null
                    && (Instant.ofEpochMilli(slot.since()).isBefore(limit) || instance.succeeds(slot.instance()))) {
                forgotten.put(field, entry.getValue());
            }
        }
        long back = counters.giveBackAndRemember(sale, part, ended);
        if (back > 0) {
            log.info("Sale {}: {} pieces of orders that ended are free again", id, back);
        }
        long found = counters.giveBack(sale, part, forgotten);
        if (found > 0) {
            mended(id, MendKind.UNDERSELL, found, forgotten.size() + " slots had no order");
        }
        if (back + found > 0) {
            flags.lower(id);
        }
        return endedNow;
    }

    private void tell(SaleId sale, SaleCounters.Recount recount) {
        long off = recount.counted() - recount.taken();
        if (off > 0) {
            mended(sale, MendKind.UNDERSELL, off, "the counter was at " + recount.counted());
        } else if (off < 0) {
            mended(sale, MendKind.OVERSELL, -off, "the counter was at " + recount.counted());
        } else if (recount.wrongBuyers() > 0) {
            mended(sale, MendKind.BUYERS, recount.wrongBuyers(), "the counts of single buyers were wrong");
        }
        if (off != 0 || recount.wrongBuyers() > 0) {
            flags.lower(sale);
        }
    }

    private void mended(SaleId sale, MendKind kind, long pieces, String why) {
        log.warn("The counters of sale {} are mended, {} by {}: {}", sale, kind, pieces, why);
        mends(kind).increment();
        book.noteMend(sale, kind, pieces, why);
    }

    private Counter mends(MendKind kind) {
        return Counter.builder(MENDS)
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    /**
     * @param missing orders that have no slot, and those that hold nothing whose keys are not known
     * @param surplus slots that no order holds, and known keys that no order came of, field by field
     */
    private record Differences(List<Held> missing, Map<String, String> surplus) {}

    /** In which fields a part differed. */
    private record Seen(Set<String> missing, Set<String> surplus) {

        static final Seen NOTHING = new Seen(Set.of(), Set.of());
    }

    private record PartOf(SaleId sale, SalePart part) {}
}
