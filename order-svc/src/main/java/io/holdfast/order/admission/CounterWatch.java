package io.holdfast.order.admission;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.sale.SaleChanged;
import io.holdfast.order.store.SaleBook;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/**
 * Says when the counters of a sale are looked at: when it begins or changes, when this service starts, when Redis has forgotten them,
 * and from time to time, part by part. All looks are made by one thread, one after the other.
 */
public class CounterWatch implements Admission.MissingSales, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CounterWatch.class);

    /** Per look; the others are found by the next one. */
    private static final int MAX_UNCOUNTED = 50;

    private final SaleCounters counters;
    private final SaleBook book;
    private final CounterMender mender;
    private final Duration interval;
    private final Instance instance;
    private final ScheduledExecutorService thread;

    /** Sales that are waited for here and now, so that a crowd of buyers asks for them once. */
    private final Set<SaleId> asked = ConcurrentHashMap.newKeySet();

    private final Turns turns;
    private Set<SaleId> counted = new HashSet<>();

    /** @param interval between two rounds */
    CounterWatch(SaleCounters counters, SaleBook book, CounterMender mender, Duration interval, Instance instance) {
        this.counters = counters;
        this.book = book;
        this.mender = mender;
        this.interval = interval;
        this.turns = new Turns(Ticker.systemTicker(), interval);
        this.instance = instance;
        this.thread = BackgroundThreads.scheduler("sale-counters", 1);
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        thread.execute(this::warmUp);
        thread.scheduleWithFixedDelay(this::look, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
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
                safely(sale, () -> book.find(sale).ifPresent(mender::follow));
            });
        } catch (RejectedExecutionException stopping) {
            asked.remove(sale);
        }
    }

    private void look() {
        try {
            lookAround();
        } catch (RuntimeException e) {
            log.warn("The counters of sales could not be compared; the next look will", e);
        }
    }

    /** At every sale that runs, and at those that ran a look ago. */
    private void lookAround() {
        if (!redisAnswers()) {
            return;
        }
        List<Sale> running = book.running();
        Set<SaleId> ids = running.stream().map(Sale::id).collect(Collectors.toSet());
        Set<SaleId> next = new HashSet<>(ids);
        for (SaleId gone : counted) {
            // Once, if it can be done: then its counters end by themselves.
            if (!ids.contains(gone) && !safely(gone, () -> book.find(gone).ifPresent(mender::follow))) {
                next.add(gone);
            }
        }
        counted = next;
        turns.keep(ids);
        for (Sale sale : running) {
            safely(sale.id(), () -> {
                mender.follow(sale);
                turns.take(sale, part -> mender.compare(sale, part));
            });
        }
        mender.uncounted(MAX_UNCOUNTED).forEach(sale -> safely(sale.sale(), () -> mender.count(sale)));
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

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
