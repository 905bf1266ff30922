package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.store.SaleBook;
import io.holdfast.order.store.SaleBook.Tally;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * What became of the orders of sales. Everybody looks at a sale that runs, so it is counted a few times a second and no more, and when
 * that takes long, for no more than a tenth of the time.
 */
@Component
class SaleTallies {

    static final Duration MEMORY = Duration.ofMillis(250);
    static final int SHARE = 10;
    private static final int MOST = 1_000;

    private final LoadingCache<SaleId, Counted> tallies;

    @Autowired
    SaleTallies(SaleBook book) {
        this(book::tally, Ticker.systemTicker());
    }

    SaleTallies(Function<SaleId, Tally> count, Ticker ticker) {
        this.tallies = Caffeine.newBuilder()
                .maximumSize(MOST)
                .ticker(ticker)
                .expireAfter(Expiry.<SaleId, Counted>writing((sale, counted) -> counted.memory()))
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

        Duration memory() {
            Duration rest = took.multipliedBy(SHARE - 1);
            return rest.compareTo(MEMORY) > 0 ? rest : MEMORY;
        }
    }
}
