package io.holdfast.order.abandoned;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks for abandoned orders from time to time. Several instances may: every change is guarded. */
@Component
class AbandonedOrdersJob {

    private static final Logger log = LoggerFactory.getLogger(AbandonedOrdersJob.class);

    private final AbandonedOrders abandonedOrders;

    AbandonedOrdersJob(AbandonedOrders abandonedOrders) {
        this.abandonedOrders = abandonedOrders;
    }

    @Scheduled(
            fixedDelayString = "${holdfast.order.abandoned.interval:5s}",
            initialDelayString = "${holdfast.order.abandoned.interval:5s}")
    void run() {
        try {
            abandonedOrders.rejectThem();
        } catch (RuntimeException e) {
            log.warn("Looking for abandoned orders failed; the next run will try again", e);
        }
    }
}
