package io.holdfast.payment.card;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks for what is due, again and again. */
@Component
class VoidOrRefundJob {

    private static final Logger log = LoggerFactory.getLogger(VoidOrRefundJob.class);

    private final VoidOrRefund voidOrRefund;
    private boolean failed;

    VoidOrRefundJob(VoidOrRefund voidOrRefund) {
        this.voidOrRefund = voidOrRefund;
    }

    @Scheduled(fixedDelayString = "${holdfast.payment.void-or-refund.interval}")
    void run() {
        try {
            voidOrRefund.carryOutDue();
            failed = false;
        } catch (RuntimeException e) {
            // Told once: the database may be away for long, and the next look is near.
            if (!failed) {
                log.error("It could not be looked for charges that have to be undone", e);
            }
            failed = true;
        }
    }
}
