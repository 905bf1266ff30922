package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.sale.SaleRepository.Tally;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Tallies of the orders of sales. Many look at a sale that runs, so it is counted a few times a second at most, and if counting takes
 * long, for at most a tenth of the time.
 */
@Component
class SaleTallyCache {

    static final Duration TIME_TO_LIVE = Duration.ofMillis(250);
    static final int SHARE = 10;
    private static final int MAX_SALES = 1_000;

    private final LoadingCache<SaleId, Counted> tallies;

    @Autowired
    SaleTallyCache(SaleRepository repository) {
        this(repository::tally, Ticker.systemTicker());
    }

    SaleTallyCache(Function<SaleId, Tally> count, Ticker ticker) {
        this.tallies = Caffeine.newBuilder()
                .maximumSize(MAX_SALES)
                .ticker(ticker)
                .expireAfter(Expiry.<SaleId, Counted>writing((sale, counted) -> counted.timeToLive()))
                .build(sale -> {
                    long start = ticker.read();
                    Tally tally = count.apply(sale);
                    return new Counted(tally, Duration.ofNanos(ticker.read() - start));
                });
    }

    Tally of(SaleId sale) {
        return tallies.get(sale).tally();
    }

    private record Counted(Tally tally, Duration took) {

        Duration timeToLive() {
            Duration rest = took.multipliedBy(SHARE - 1);
            return rest.compareTo(TIME_TO_LIVE) > 0 ? rest : TIME_TO_LIVE;
        }
    }
}
