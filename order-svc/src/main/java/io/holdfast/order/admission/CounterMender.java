package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.book.SaleBook;
import io.holdfast.order.book.SaleBook.Held;
import io.holdfast.order.book.SaleBook.MendKind;
import io.holdfast.order.book.SaleBook.OrderKey;
import io.holdfast.order.model.OrderStatus;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.sale.SaleChanged;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Keeps the counters in Redis to what the database says: builds them when a sale begins, when this service starts and when Redis has
 * forgotten them, and compares them from time to time. A counter that is too high hides pieces that could be sold; one that is too low
 * lets buyers in who are refused later. Both are mended, told in the log, counted, and written down for the reconciler.
 *
 * <p>Redis is read first and the database after it, and what differs has to differ in two looks, because orders come and go in
 * between. Several instances may look: each change is one script, and only one of them makes it.
 */
public class CounterMender implements Admission.MissingSales, AutoCloseable {

    /** Counter, tag {@code kind}: oversell, undersell, buyers. */
    public static final String MENDS = "holdfast.order.admission.mends";

    private static final Logger log = LoggerFactory.getLogger(CounterMender.class);

    private final SaleCounters counters;
    private final SaleBook book;
    private final SoldOutFlags flags;
    private final AdmissionSettings settings;
    private final Instance instance;
    private final Clock clock;
    private final MeterRegistry meters;
    private final ScheduledExecutorService thread;

    /** Sales that are waited for here and now, so that a crowd of buyers asks for them once. */
    private final Set<SaleId> asked = ConcurrentHashMap.newKeySet();

    private final Rests rests = new Rests(Ticker.systemTicker());
    private final Map<SaleId, Difference> before = new HashMap<>();
    private Set<SaleId> counted = new HashSet<>();

    CounterMender(
            SaleCounters counters,
            SaleBook book,
            SoldOutFlags flags,
            AdmissionSettings settings,
            Instance instance,
            Clock clock,
            MeterRegistry meters) {
        this.counters = counters;
        this.book = book;
        this.flags = flags;
        this.settings = settings;
        this.instance = instance;
        this.clock = clock;
        this.meters = meters;
        for (MendKind kind : MendKind.values()) {
            mends(kind);
        }
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("sale-counters-"));
        executor.setRemoveOnCancelPolicy(true);
        this.thread = executor;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        thread.execute(this::warmUp);
        thread.execute(this::lookAndComeBack);
    }

    private void warmUp() {
        try {
            counters.warmUp(instance);
        } catch (RuntimeException e) {
            log.warn(
                    "Redis does not answer yet; until it does, the database alone decides who may order: {}",
                    e.toString());
        }
    }

    @EventListener
    void changed(SaleChanged change) {
        Sale sale = change.sale();
        if (sale.stage() != SaleStage.PREPARING && sale.stage() != SaleStage.REFUSED) {
            now(sale.id());
        }
    }

    @Override
    public void tell(SaleId sale) {
        now(sale);
    }

    private void now(SaleId sale) {
        if (!asked.add(sale)) {
            return;
        }
        try {
            thread.execute(() -> {
                asked.remove(sale);
                safely(sale, () -> book.find(sale).ifPresent(this::look));
            });
        } catch (RejectedExecutionException stopping) {
            asked.remove(sale);
        }
    }

    private void lookAndComeBack() {
        try {
            lookAround();
        } catch (RuntimeException e) {
            log.warn("The counters of sales could not be compared; the next look will", e);
        }
        try {
            thread.schedule(this::lookAndComeBack, settings.mendInterval().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            log.debug("No more looks: this service stops");
        }
    }

    /** At every sale that runs and does not rest, and at those that ran a look ago. */
    private void lookAround() {
        if (!redisAnswers()) {
            return;
        }
        List<Sale> running = book.running();
        Set<SaleId> ids = running.stream().map(Sale::id).collect(Collectors.toSet());
        Set<SaleId> next = new HashSet<>(ids);
        for (SaleId gone : counted) {
            // Once, if it can be done: then its counters end by themselves.
            if (!ids.contains(gone) && !safely(gone, () -> book.find(gone).ifPresent(this::look))) {
                next.add(gone);
            }
        }
        counted = next;
        rests.keep(ids);
        for (Sale sale : running) {
            if (!rests.isResting(sale.id())) {
                safely(sale.id(), () -> rests.timed(sale.id(), () -> look(sale)));
            }
        }
    }

    /** If it is away, this is found out once, and not once for every sale. */
    private boolean redisAnswers() {
        try {
            counters.ping();
            return true;
        } catch (RuntimeException e) {
            log.warn("The counters of sales cannot be compared now: {}", e.toString());
            return false;
        }
    }

    private boolean safely(SaleId sale, Runnable look) {
        try {
            look.run();
            return true;
        } catch (RuntimeException e) {
            // Redis or the database is away: whoever orders finds out by himself.
            log.warn("The counters of sale {} could not be compared", sale, e);
            return false;
        }
    }

    private void look(Sale sale) {
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
        Instant limit = clock.instant().minus(settings.forgottenAfter());
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

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** In which fields the slots differed from the orders. */
    private record Difference(Set<String> missing, Set<String> surplus) {

        static final Difference NONE = new Difference(Set.of(), Set.of());
    }
}
