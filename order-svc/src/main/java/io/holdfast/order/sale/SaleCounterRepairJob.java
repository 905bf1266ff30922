package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
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
 * Decides when the counters of a sale are compared with its orders: when it begins or changes, when this service starts, when Redis
 * has lost them, and periodically, part by part. One thread makes all comparisons, one after the other.
 */
class SaleCounterRepairJob implements Admission.MissingSales, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SaleCounterRepairJob.class);

    /** Per run; the next one finds the others. */
    private static final int MAX_UNCOUNTED = 50;

    private final SaleCounters counters;
    private final SaleRepository repository;
    private final SaleCounterRepair repair;
    private final Duration interval;
    private final InstanceId instance;
    private final ScheduledExecutorService thread;

    /** Sales that requests are waiting for, so that many buyers ask for each of them once. */
    private final Set<SaleId> asked = ConcurrentHashMap.newKeySet();

    private final TimeSliceScheduler timeSlices;
    private Set<SaleId> counted = new HashSet<>();

    /** @param interval between two rounds */
    SaleCounterRepairJob(
            SaleCounters counters,
            SaleRepository repository,
            SaleCounterRepair repair,
            Duration interval,
            InstanceId instance) {
        this.counters = counters;
        this.repository = repository;
        this.repair = repair;
        this.interval = interval;
        this.timeSlices = new TimeSliceScheduler(Ticker.systemTicker(), interval);
        this.instance = instance;
        this.thread = BackgroundThreads.scheduler("sale-counters", 1);
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        thread.execute(this::warmUp);
        thread.scheduleWithFixedDelay(this::run, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
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
    public void report(SaleId sale) {
        now(sale);
    }

    private void now(SaleId sale) {
        if (!asked.add(sale)) {
            return;
        }
        try {
            thread.execute(() -> {
                asked.remove(sale);
                safely(sale, () -> repository.find(sale).ifPresent(repair::follow));
            });
        } catch (RejectedExecutionException stopping) {
            asked.remove(sale);
        }
    }

    private void run() {
        try {
            compareAll();
        } catch (RuntimeException e) {
            log.warn("The counters of sales could not be compared; the next run tries again", e);
        }
    }

    /** Every sale that runs, and those that ran a moment ago. */
    private void compareAll() {
        if (!redisAnswers()) {
            return;
        }
        List<Sale> running = repository.running();
        Set<SaleId> ids = running.stream().map(Sale::id).collect(Collectors.toSet());
        Set<SaleId> next = new HashSet<>(ids);
        for (SaleId gone : counted) {
            // Once, if that succeeds: then its counters expire.
            if (!ids.contains(gone) && !safely(gone, () -> repository.find(gone).ifPresent(repair::follow))) {
                next.add(gone);
            }
        }
        counted = next;
        timeSlices.keep(ids);
        for (Sale sale : running) {
            safely(sale.id(), () -> {
                repair.follow(sale);
                timeSlices.run(sale, part -> repair.compare(sale, part));
            });
        }
        repair.uncounted(MAX_UNCOUNTED).forEach(sale -> safely(sale.sale(), () -> repair.count(sale)));
    }

    /** If it is down, this is found out once, and not once for every sale. */
    private boolean redisAnswers() {
        try {
            counters.ping();
            return true;
        } catch (RuntimeException e) {
            log.warn("The counters of sales cannot be compared now: {}", e.toString());
            return false;
        }
    }

    private boolean safely(SaleId sale, Runnable task) {
        try {
            task.run();
            return true;
        } catch (RuntimeException e) {
            // Redis or the database is down; requests to order find that out themselves.
            log.warn("The counters of sale {} could not be compared", sale, e);
            return false;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
