package io.holdfast.order.sale;

import io.holdfast.order.downstream.SaleQuotas;
import io.holdfast.order.downstream.SaleQuotas.Answer;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.store.SaleBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes sales from stage to stage. Each step is written down before the next begins, and what stock-svc is asked for may be asked
 * again, so whoever dies in between leaves a sale that the next look takes further. Several instances may look.
 */
@Component
class SaleKeeper {

    private static final Logger log = LoggerFactory.getLogger(SaleKeeper.class);

    /** Per look; the others are found by the next one. */
    private static final int MOST = 50;

    /** Longer than the request that makes a sale works on it itself. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(5);

    private final SaleBook book;
    private final SaleQuotas quotas;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    SaleKeeper(SaleBook book, SaleQuotas quotas, ApplicationEventPublisher events, Clock clock) {
        this.book = book;
        this.quotas = quotas;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Sets the quota apart, if that has not been done.
     *
     * @return the sale as it is then; PREPARING if nobody knows yet
     */
    Sale prepare(Sale sale) {
        if (sale.stage() != SaleStage.PREPARING) {
            return sale;
        }
        Answer answer = quotas.setApart(sale);
        if (answer instanceof Answer.Done) {
            if (book.advance(sale.id(), SaleStage.PREPARING, SaleStage.READY)) {
                log.info(
                        "Sale {} of {} {} is ready",
                        sale.id(),
                        sale.terms().quota(),
                        sale.terms().sku());
            } else {
                giveBackIfRefused(sale.id());
            }
        } else if (answer instanceof Answer.Refused refused) {
            book.refuse(sale.id(), new Sale.Rejected(refused.code(), refused.detail()));
            log.info("Sale {} is refused: {}", sale.id(), refused.detail());
        } else if (answer instanceof Answer.Unknown unknown) {
            log.warn(
                    "Sale {}: it is not known whether its quota is set apart, and will be asked again: {}",
                    sale.id(),
                    unknown.why());
        }
        return changed(sale.id());
    }

    /** Somebody was told that it cannot be done, and gave the sale up. What fails here is found by the check of quotas. */
    private void giveBackIfRefused(SaleId id) {
        if (book.find(id).filter(now -> now.stage() == SaleStage.REFUSED).isPresent()) {
            log.warn("The quota of sale {}, which was refused, is set apart all the same: it is given back", id);
            quotas.giveBack(id);
        }
    }

    /** @return the sale as it is then: paused, if it was one that could be */
    Sale pause(Sale sale) {
        if (book.advance(sale.id(), SaleStage.READY, SaleStage.PAUSED)) {
            log.info("Sale {} is paused", sale.id());
        }
        return changed(sale.id());
    }

    /** @return the sale as it is then: open, if it was one that could be */
    Sale open(Sale sale) {
        if (book.open(sale.id())) {
            log.info("Sale {} is open", sale.id());
        }
        return changed(sale.id());
    }

    /** @return the sale as it is then: over, if it ever began; what it has not sold is given back now or by the next look */
    Sale close(Sale sale) {
        if (book.advance(sale.id(), SaleStage.READY, SaleStage.CLOSING)
                || book.advance(sale.id(), SaleStage.PAUSED, SaleStage.CLOSING)) {
            log.info("Sale {} is over", sale.id());
        }
        Sale now = changed(sale.id());
        return now.stage() == SaleStage.CLOSING ? giveBack(now) : now;
    }

    private Sale giveBack(Sale sale) {
        if (quotas.giveBack(sale.id()) && book.advance(sale.id(), SaleStage.CLOSING, SaleStage.CLOSED)) {
            log.info("What sale {} has not sold is given back", sale.id());
        }
        return changed(sale.id());
    }

    @Scheduled(fixedDelayString = "${holdfast.order.sale.look-interval:1s}")
    void goOn() {
        try {
            Instant now = clock.instant();
            book.inStage(SaleStage.PREPARING, now.minus(LEFT_ALONE), MOST).forEach(this::prepare);
            book.closeThoseThatAreOver();
            book.inStage(SaleStage.CLOSING, now, MOST).forEach(this::giveBack);
        } catch (RuntimeException e) {
            log.warn("Sales could not be taken further; the next look will try again", e);
        }
    }

    private Sale changed(SaleId id) {
        Sale now = book.find(id).orElseThrow(() -> new IllegalStateException("Sale " + id + " is gone"));
        events.publishEvent(new SaleChanged(now));
        return now;
    }
}
