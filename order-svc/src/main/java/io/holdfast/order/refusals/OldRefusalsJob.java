package io.holdfast.order.refusals;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Removes old refused orders from time to time. Several instances may: rows that one has locked the others pass over. */
@Component
class OldRefusalsJob {

    private static final Logger log = LoggerFactory.getLogger(OldRefusalsJob.class);

    private final OldRefusals old;

    OldRefusalsJob(OldRefusals old) {
        this.old = old;
    }

    @Scheduled(
            fixedDelayString = "${holdfast.order.refusals.interval:1m}",
            initialDelayString = "${holdfast.order.refusals.interval:1m}")
    void run() {
        try {
            old.remove();
        } catch (RuntimeException e) {
            log.warn("Removing old refused orders failed; the next run will try again", e);
        }
    }
}
