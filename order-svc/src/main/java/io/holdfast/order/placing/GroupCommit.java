package io.holdfast.order.placing;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.order.model.CardToken;
import io.holdfast.order.model.Order;
import io.holdfast.properties.LiveProperties;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Group commit of global transactions. While some groups are in flight, arriving orders gather; when a place is free, all that
 * wait, to a bound, go as one. When nothing is in flight an order goes at once, alone: there is no timer and nothing to wait for.
 *
 * <p>While others wait, one buyer has a share of a group and of the places to wait: the rest of the buyer's orders keep their place in the
 * queue, and go with the next groups.
 *
 * <p>A request waits for its own order. It is answered after the commit, so nothing that was answered can be lost. If its patience
 * ends first, its order is either withdrawn for certain, or has a row that shows how it ends.
 *
 * <p>Orders paid by card, and all orders while grouping is off, go alone: as a group of one, on the thread of their request, within a
 * bulkhead.
 */
@Component
class GroupCommit implements SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    /** Between the web server's last request and its end: whoever still waits by then can still be answered. */
    private static final int PHASE = DEFAULT_PHASE - 1536;

    /** For groups that are in flight when the service stops; what they leave undone the coordinator rolls back. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    private final OrderGroup group;
    private final LiveProperties<GroupProperties> limits;
    private final Bulkhead alone;
    private final GroupMetrics metrics;
    private final ExecutorService workers = BackgroundThreads.pool("order-group", GroupProperties.MAX_IN_FLIGHT);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition oneEnded = lock.newCondition();
    private final Deque<WaitingOrder> queue = new ArrayDeque<>();
    private int inFlight;
    private boolean closed;

    /** @param alone bounds the orders that have a global transaction of their own */
    GroupCommit(OrderGroup group, LiveProperties<GroupProperties> limits, Bulkhead alone, GroupMetrics metrics) {
        this.group = group;
        this.limits = limits;
        this.alone = alone;
        this.metrics = metrics;
        metrics.watch(this::inFlight, this::waiting);
    }

    /**
     * Places an order, and waits for it: together with those that wait at the same time, or alone if it is paid by card or orders are
     * not grouped at the moment.
     *
     * @param order new, and not yet written
     */
    PlacingResult place(Order order, Optional<CardToken> card) {
        GroupProperties now = limits.current();
        return card.isEmpty() && now.enabled() ? placeInGroup(order, now) : placeAlone(order, card, now);
    }

    /**
     * On the thread of the request. The bulkhead has fewer places than there are such threads: each order calls all services, whose
     * connections are bounded.
     */
    private PlacingResult placeAlone(Order order, Optional<CardToken> card, GroupProperties now) {
        if (!alone.tryAcquirePermission()) {
            return new PlacingResult.TooManyWaiting();
        }
        try {
            WaitingOrder waiting = WaitingOrder.alone(order, card);
            carryOut(List.of(waiting), now, orders -> {});
            return waiting.await(Duration.ZERO);
        } finally {
            alone.onComplete();
        }
    }

    private PlacingResult placeInGroup(Order order, GroupProperties now) {
        WaitingOrder waiting = WaitingOrder.forGroup(order);
        PlacingResult refusal = enqueue(waiting, now);
        if (refusal != null) {
            return refusal;
        }
        PlacingResult outcome = waiting.await(now.patience());
        if (waiting.isWithdrawn()) {
            remove(waiting);
        }
        return outcome;
    }

    private @Nullable PlacingResult enqueue(WaitingOrder waiting, GroupProperties now) {
        lock.lock();
        try {
            if (closed) {
                metrics.refusedBecauseStopping(1);
                return new PlacingResult.NotBegun();
            }
            if (queue.size() >= now.maxWaiting() || hasItsShareOfTheQueue(waiting.buyer(), now)) {
                metrics.refusedBecauseFull();
                return new PlacingResult.TooManyWaiting();
            }
            if (inFlight < now.inFlight()) {
                workers.execute(this::work);
                inFlight++;
            }
            queue.addLast(waiting);
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasItsShareOfTheQueue(String buyer, GroupProperties now) {
        if (queue.size() <= now.maxWaitingOfABuyer()) {
            return false;
        }
        long own = queue.stream().filter(other -> other.buyer().equals(buyer)).count();
        return own >= now.maxWaitingOfABuyer() && own < queue.size();
    }

    /** Carries out groups until nobody waits. */
    private void work() {
        boolean ended = false;
        try {
            carryOutAll();
            ended = true;
        } finally {
            if (!ended) {
                leavePlace();
            }
        }
    }

    /** For whom an error leaves no other way: a place that is lost is lost until a restart. */
    private void leavePlace() {
        lock.lock();
        try {
            inFlight--;
            oneEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void carryOutAll() {
        for (List<WaitingOrder> next = next(); !next.isEmpty(); next = next()) {
            List<WaitingOrder> orders = next;
            // Many requests, one thread: it goes on under the trace of the first.
            MDC.setContextMap(
                    orders.get(0).trace() == null ? Map.of() : orders.get(0).trace());
            try {
                orders.forEach(waiting -> metrics.waited(waiting.waited()));
                carryOut(orders, limits.current(), metrics::begun);
            } finally {
                MDC.clear();
            }
        }
    }

    /** Throws nothing: each order of the group has an answer, or the failure. */
    private void carryOut(List<WaitingOrder> orders, GroupProperties now, IntConsumer begun) {
        try {
            group.carryOut(orders, now.againWithin(), begun);
        } catch (RuntimeException | Error e) {
            orders.forEach(waiting -> waiting.fail(e));
            if (e instanceof Error) {
                BackgroundFailure.alarm("order-group", e);
            }
            log.error("A group of {} orders failed", orders.size(), e);
        }
    }

    /** @return the next group; none, and this place is given back, if there is nothing to do or there are places too many */
    private List<WaitingOrder> next() {
        lock.lock();
        try {
            GroupProperties now = limits.current();
            if (queue.isEmpty() || inFlight > now.inFlight()) {
                inFlight--;
                oneEnded.signalAll();
                return List.of();
            }
            return NextGroup.takeFrom(queue, now);
        } finally {
            lock.unlock();
        }
    }

    private void remove(WaitingOrder waiting) {
        metrics.refusedBecauseLate();
        lock.lock();
        try {
            queue.remove(waiting);
        } finally {
            lock.unlock();
        }
    }

    private int inFlight() {
        lock.lock();
        try {
            return inFlight;
        } finally {
            lock.unlock();
        }
    }

    private int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void start() {
        lock.lock();
        try {
            closed = false;
        } finally {
            lock.unlock();
        }
    }

    /** Orders that wait are answered as not begun, and groups in flight come to their end. */
    @Override
    public void stop() {
        lock.lock();
        try {
            closed = true;
            metrics.refusedBecauseStopping(queue.size());
            queue.forEach(waiting -> waiting.answer(new PlacingResult.NotBegun()));
            queue.clear();
            long left = LAST_PATIENCE.toNanos();
            while (inFlight > 0 && left > 0) {
                left = oneEnded.awaitNanos(left);
            }
            if (inFlight > 0) {
                log.warn("{} groups of orders are still in flight while this service stops", inFlight);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void destroy() throws InterruptedException {
        workers.shutdown();
        if (!workers.awaitTermination(LAST_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            workers.shutdownNow();
        }
    }
}
