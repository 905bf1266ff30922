package io.holdfast.stock.sale;

import io.holdfast.stock.model.SaleId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Moves goods that came back to an ended sale on to the normal stock, for example of an order that is cancelled long after the sale.
 * Several instances may run it: each move is guarded.
 */
@Component
class ReturnedGoodsJob {

    private static final Logger log = LoggerFactory.getLogger(ReturnedGoodsJob.class);

    /** Per run; the next one finds the others. */
    private static final int MAX_SALES = 100;

    private final SaleQuotaMapper mapper;
    private final SaleQuotas quotas;

    ReturnedGoodsJob(SaleQuotaMapper mapper, SaleQuotas quotas) {
        this.mapper = mapper;
        this.quotas = quotas;
    }

    @Scheduled(fixedDelayString = "${holdfast.stock.returned-goods-interval:2s}")
    void passOn() {
        try {
            mapper.returnedWithGoods(MAX_SALES).forEach(sale -> quotas.giveBack(new SaleId(sale)));
        } catch (RuntimeException e) {
            log.warn("Goods of ended sales could not be passed on; the next run tries again", e);
        }
    }
}
