package io.holdfast.order.admission;

import io.holdfast.order.book.SaleBook;
import io.holdfast.order.book.SaleBook.Held;
import io.holdfast.order.book.SaleBook.MendKind;
import io.holdfast.order.book.SaleBook.OrderKey;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private final Map<SaleId, Difference> before = new HashMap<>();

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
     * Looks at one sale, and builds its counters if there are none.
     *
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another look makes up for it
     */
    void look(Sale sale) {
        switch (sale.stage()) {
            case READY -> compare(sale, "SELLING");
            case PAUSED -> compare(sale, "PAUSED");
            case CLOSING, CLOSED -> {
                before.remove(sale.id());
                counters.close(sale.id());
            }
            case PREPARING, REFUSED -> {}
        }
    }

    private void compare(Sale sale, String state) {
        SaleId id = sale.id();
        boolean loading = !counters.isLoaded(id);
        long start = System.nanoTime();
        if (loading) {
            counters.begin(sale, clock.millis());
        } else {
            // At once, whatever the comparison will take.
            counters.open(id, state);
        }
        Map<String, String> slots = counters.slotsOf(id);
        Map<String, String> surplus = new HashMap<>(slots);
        List<Held> missing = new ArrayList<>();
        book.forEachHeld(
                id,
                page -> page.forEach(held -> {
                    if (surplus.remove(SlotKey.of(held.order())) == null) {
                        missing.add(held);
                    }
                }));
        Difference last = before.getOrDefault(id, Difference.NONE);
        before.put(id, new Difference(keysOf(missing), Set.copyOf(surplus.keySet())));

        if (loading) {
            counters.add(id, missing);
        } else {
            addAgain(
                    id,
                    missing.stream()
                            .filter(held -> last.missing().contains(SlotKey.of(held.order())))
                            .toList());
        }
        giveBackUnused(id, surplus, last.surplus());
        SaleCounters.Recount recount = counters.recount(id);
        if (loading) {
            counters.open(id, state);
            flags.lower(id);
            log.info(
                    "The counters of sale {} are built from the database: {} of {} taken, in {} ms",
                    id,
                    recount.taken(),
                    sale.terms().quota(),
                    Duration.ofNanos(System.nanoTime() - start).toMillis());
        } else {
            tell(id, recount);
        }
    }

    private static Set<String> keysOf(List<Held> held) {
        return held.stream().map(order -> SlotKey.of(order.order())).collect(Collectors.toUnmodifiableSet());
    }

    private void addAgain(SaleId sale, List<Held> missing) {
        if (missing.isEmpty()) {
            return;
        }
        long pieces = counters.add(sale, missing);
        if (pieces > 0) {
            mended(sale, MendKind.OVERSELL, pieces, missing.size() + " orders had no slot");
        }
    }

    private void giveBackUnused(SaleId sale, Map<String, String> surplus, Set<String> surplusBefore) {
        if (surplus.isEmpty()) {
            return;
        }
        Map<OrderKey, OrderStatus> fates =
                book.fates(sale, surplus.keySet().stream().map(SlotKey::parse).toList());
        Map<String, String> ended = new HashMap<>();
        Map<String, String> forgotten = new HashMap<>();
        Instant limit = clock.instant().minus(forgottenAfter);
        surplus.forEach((field, value) -> {
            OrderStatus fate = fates.get(SlotKey.parse(field));
            Slot slot = Slot.parse(value);
            if (fate == OrderStatus.REJECTED || fate == OrderStatus.CLOSED) {
                if (surplusBefore.contains(field)) {
                    ended.put(field, value);
                }
            } else if (fate == null
                    && (Instant.ofEpochMilli(slot.since()).isBefore(limit) || instance.succeeds(slot.instance()))) {
                forgotten.put(field, value);
            }
        });
        long back = counters.giveBack(sale, ended);
        if (back > 0) {
            log.info("Sale {}: {} pieces of orders that ended are free again", sale, back);
        }
        long found = counters.giveBack(sale, forgotten);
        if (found > 0) {
            mended(sale, MendKind.UNDERSELL, found, forgotten.size() + " slots had no order");
        }
        if (back + found > 0) {
            flags.lower(sale);
        }
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

    /** In which fields the slots differed from the orders. */
    private record Difference(Set<String> missing, Set<String> surplus) {

        static final Difference NONE = new Difference(Set.of(), Set.of());
    }
}
