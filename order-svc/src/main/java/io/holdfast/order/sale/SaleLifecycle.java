package io.holdfast.order.sale;

import io.holdfast.order.downstream.SaleQuotas;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes sales from stage to stage. Each step is stored before the next begins, and the calls to stock-svc may be repeated, so a process
 * that dies in between leaves a sale that the next run of the job takes further. Several instances may run it.
 */
@Component
class SaleLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SaleLifecycle.class);

    /** Per run; the next one finds the others. */
    private static final int MAX_SALES = 50;

    /** The request that makes a sale prepares it itself; the job waits longer than that takes. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(5);

    private final SaleRepository repository;
    private final SaleQuotas quotas;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    SaleLifecycle(SaleRepository repository, SaleQuotas quotas, ApplicationEventPublisher events, Clock clock) {
        this.repository = repository;
        this.quotas = quotas;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Allocates the quota, if that has not been done.
     *
     * @return the sale as it is then; PREPARING if nobody knows yet
     */
    Sale prepare(Sale sale) {
        if (sale.stage() != SaleStage.PREPARING) {
            return sale;
        }
        quotas.allocate(sale)
                .handle(
                        () -> makeReady(sale),
                        refused -> {
                            repository.refuse(sale.id(), new Sale.Rejected(refused.code(), refused.detail()));
                            log.info("Sale {} is refused: {}", sale.id(), refused.detail());
                        },
                        unknown -> log.warn(
                                "Sale {}: it is not known whether its quota is allocated; the next run asks again: {}",
                                sale.id(),
                                unknown.why()));
        return changed(sale.id());
    }

    private void makeReady(Sale sale) {
        if (repository.advance(sale.id(), SaleStage.PREPARING, SaleStage.READY)) {
            log.info(
                    "Sale {} of {} {} is ready",
                    sale.id(),
                    sale.terms().quota(),
                    sale.terms().sku());
        } else {
            giveBackIfRefused(sale.id());
        }
    }

    /** The caller has been answered that the sale is refused. If this fails, {@link SaleQuotaCheck} finds the quota. */
    private void giveBackIfRefused(SaleId id) {
        if (repository.find(id).filter(now -> now.stage() == SaleStage.REFUSED).isPresent()) {
            log.warn("The quota of sale {}, which was refused, is allocated all the same: it is given back", id);
            quotas.giveBack(id);
        }
    }

    /** @return the sale as it is then: paused, if it was one that could be */
    Sale pause(Sale sale) {
        if (repository.advance(sale.id(), SaleStage.READY, SaleStage.PAUSED)) {
            log.info("Sale {} is paused", sale.id());
        }
        return changed(sale.id());
    }

    /** @return the sale as it is then: open, if it was one that could be */
    Sale open(Sale sale) {
        if (repository.open(sale.id())) {
            log.info("Sale {} is open", sale.id());
        }
        return changed(sale.id());
    }

    /** @return the sale as it is then: over, if it ever began; what it has not sold is given back now or by the next run */
    Sale close(Sale sale) {
        if (repository.advance(sale.id(), SaleStage.READY, SaleStage.CLOSING)
                || repository.advance(sale.id(), SaleStage.PAUSED, SaleStage.CLOSING)) {
            log.info("Sale {} is over", sale.id());
        }
        Sale now = changed(sale.id());
        return now.stage() == SaleStage.CLOSING ? giveBack(now) : now;
    }

    private Sale giveBack(Sale sale) {
        if (quotas.giveBack(sale.id()) && repository.advance(sale.id(), SaleStage.CLOSING, SaleStage.CLOSED)) {
            log.info("What sale {} has not sold is given back", sale.id());
        }
        return changed(sale.id());
    }

    @Scheduled(fixedDelayString = "${holdfast.order.sale.lifecycle-interval:1s}")
    void run() {
        try {
            Instant now = clock.instant();
            repository
                    .inStage(SaleStage.PREPARING, now.minus(LEFT_ALONE), MAX_SALES)
                    .forEach(this::prepare);
            repository.closeThoseThatAreOver();
            repository.inStage(SaleStage.CLOSING, now, MAX_SALES).forEach(this::giveBack);
        } catch (RuntimeException e) {
            log.warn("Sales could not be taken further; the next run will try again", e);
        }
    }

    private Sale changed(SaleId id) {
        Sale now = repository.find(id).orElseThrow(() -> new IllegalStateException("Sale " + id + " is gone"));
        events.publishEvent(new SaleChanged(now));
        return now;
    }
}
