package io.holdfast.order.sale;

import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SalePart;
import io.holdfast.order.sale.SaleRepository.Held;
import io.holdfast.order.sale.SaleRepository.OrderKey;
import io.holdfast.order.sale.SaleRepository.RepairKind;
import io.holdfast.order.sale.SaleRepository.Uncounted;
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
 * Repairs the counters of a sale in Redis by what the database has. A counter that is too high hides pieces that could be sold; one
 * that is too low admits buyers who are refused later. Both are repaired, logged, counted, and stored for the reconciler.
 *
 * <p>Redis is read first and the database after it, and a difference has to show in two comparisons, because orders come and go in
 * between. Several instances may compare: each change is one script, and only one of them makes it.
 *
 * <p>Not for several threads.
 */
class SaleCounterRepair {

    /** Counter, tag {@code kind}: oversell, undersell, buyers. */
    static final String REPAIRS = "holdfast.order.admission.repairs";

    /** The name until 1.0; counted as well, for one release. */
    static final String REPAIRS_BEFORE = "holdfast.order.admission.mends";

    private static final Logger log = LoggerFactory.getLogger(SaleCounterRepair.class);

    private final SaleCounters counters;
    private final SaleRepository repository;
    private final SoldOutFlags flags;
    private final Duration forgottenAfter;
    private final InstanceId instance;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Map<PartOf, Seen> before = new HashMap<>();

    /** @param forgottenAfter how long a slot without a stored order is kept */
    SaleCounterRepair(
            SaleCounters counters,
            SaleRepository repository,
            SoldOutFlags flags,
            Duration forgottenAfter,
            InstanceId instance,
            Clock clock,
            MeterRegistry meters) {
        this.counters = counters;
        this.repository = repository;
        this.flags = flags;
        this.forgottenAfter = forgottenAfter;
        this.instance = instance;
        this.clock = clock;
        this.meters = meters;
        for (RepairKind kind : RepairKind.values()) {
            repairs(REPAIRS, kind);
            repairs(REPAIRS_BEFORE, kind);
        }
    }

    /**
     * Makes the counters follow the stage of a sale, and builds them if there are none.
     *
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another run makes up for it
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

    /** They are not compared any more, and buyers still ask for their orders. */
    private void close(Sale sale) {
        Optional<String> state = counters.state(sale.id());
        if (state.filter(known -> !known.equals("CLOSED")).isPresent()) {
            addAllMissing(sale);
        }
        counters.close(sale);
    }

    /** Sales with orders that may have no slot, placed long enough ago to be found now. */
    List<Uncounted> uncounted(int limit) {
        return repository.uncountedBefore(clock.instant().minus(forgottenAfter), limit);
    }

    /**
     * Adds what is missing, at once. Then the counters know all earlier orders, or there are no counters.
     *
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another run makes up for it
     */
    void count(Uncounted uncounted) {
        repository.find(uncounted.sale()).ifPresent(sale -> {
            if (counters.isLoaded(sale)) {
                addAllMissing(sale);
            }
        });
        repository.counted(uncounted);
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

    /** The parts with a slot or an order, and at least one: the sale is summed up with the last of them. */
    private List<SalePart> partsInUse(Sale sale) {
        Set<SalePart> inUse = new HashSet<>(counters.partsWithSlots(sale));
        inUse.addAll(repository.partsWithOrders(sale));
        return SalePart.allOf(sale.terms()).stream()
                .filter(part -> part.number() == 0 || inUse.contains(part))
                .toList();
    }

    /**
     * Compares what the counters of one part hold with its orders.
     *
     * @return whether something differs that will be repaired if it still differs next time
     * @throws org.springframework.dao.DataAccessException if Redis or the database does not answer; another run makes up for it
     */
    boolean compare(Sale sale, SalePart part) {
        Differences found = differences(sale, part);
        Seen last = remember(sale, part, found);
        addAgain(
                sale,
                part,
                found.missing().stream()
                        .filter(held -> last.missing().contains(Slot.fieldOf(held.order())))
                        .toList());
        boolean endedNow = giveBackUnused(sale, part, found.surplus(), last.surplus());
        report(sale.id(), counters.recount(sale, part));
        return endedNow
                || found.missing().stream().anyMatch(held -> !last.missing().contains(Slot.fieldOf(held.order())));
    }

    private Differences differences(Sale sale, SalePart part) {
        Map<String, String> surplus = counters.slotsOf(sale.id(), part);
        List<Held> missing = new ArrayList<>();
        repository.forEachOrder(
                sale.id(),
                part,
                page -> page.forEach(order -> {
                    String field = Slot.fieldOf(order.order());
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
        return held.stream().map(order -> Slot.fieldOf(order.order())).collect(Collectors.toUnmodifiableSet());
    }

    private void addAgain(Sale sale, SalePart part, List<Held> missing) {
        if (missing.isEmpty()) {
            return;
        }
        long pieces = counters.add(sale, part, missing);
        if (pieces > 0) {
            long orders = missing.stream().filter(order -> order.pieces() > 0).count();
            repaired(sale.id(), RepairKind.OVERSELL, pieces, orders + " orders had no slot");
        }
    }

    /** @return whether there are slots of orders that ended, and were not seen before */
    private boolean giveBackUnused(Sale sale, SalePart part, Map<String, String> surplus, Set<String> surplusBefore) {
        if (surplus.isEmpty()) {
            return false;
        }
        SaleId id = sale.id();
        Map<OrderKey, OrderStatus> statuses = repository.statuses(
                id, surplus.keySet().stream().map(Slot::orderOf).toList());
        boolean endedNow = false;
        Map<String, String> ended = new HashMap<>();
        Map<String, String> forgotten = new HashMap<>();
        Instant limit = clock.instant().minus(forgottenAfter);
        for (Map.Entry<String, String> entry : surplus.entrySet()) {
            String field = entry.getKey();
            OrderStatus status = statuses.get(Slot.orderOf(field));
            Slot slot = Slot.parse(entry.getValue());
            if (status == OrderStatus.REJECTED || status == OrderStatus.CLOSED) {
                if (surplusBefore.contains(field)) {
                    ended.put(field, entry.getValue());
                } else {
                    endedNow = true;
                }
            } else if (status == null
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
            repaired(id, RepairKind.UNDERSELL, found, forgotten.size() + " slots had no order");
        }
        if (back + found > 0) {
            flags.lower(id);
        }
        return endedNow;
    }

    private void report(SaleId sale, SaleCounters.Recount recount) {
        long off = recount.counted() - recount.taken();
        if (off > 0) {
            repaired(sale, RepairKind.UNDERSELL, off, "the counter was at " + recount.counted());
        } else if (off < 0) {
            repaired(sale, RepairKind.OVERSELL, -off, "the counter was at " + recount.counted());
        } else if (recount.wrongBuyers() > 0) {
            repaired(sale, RepairKind.BUYERS, recount.wrongBuyers(), "the counts of single buyers were wrong");
        }
        if (off != 0 || recount.wrongBuyers() > 0) {
            flags.lower(sale);
        }
    }

    private void repaired(SaleId sale, RepairKind kind, long pieces, String why) {
        log.warn("The counters of sale {} are repaired, {} by {}: {}", sale, kind, pieces, why);
        repairs(REPAIRS, kind).increment();
        repairs(REPAIRS_BEFORE, kind).increment();
        repository.recordRepair(sale, kind, pieces, why);
    }

    private Counter repairs(String name, RepairKind kind) {
        return Counter.builder(name)
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
