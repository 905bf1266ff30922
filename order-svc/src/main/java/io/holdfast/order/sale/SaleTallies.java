package io.holdfast.order.sale;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.holdfast.order.book.SaleBook;
import io.holdfast.order.book.SaleBook.Tally;
import io.holdfast.order.model.SaleId;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** What became of the orders of sales. Everybody looks at a sale that runs, so it is counted a few times a second and no more. */
@Component
class SaleTallies {

    private static final Duration MEMORY = Duration.ofMillis(250);
    private static final int MOST = 1_000;

    private final LoadingCache<SaleId, Tally> tallies;

    SaleTallies(SaleBook book) {
        this.tallies =
                Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(MEMORY).build(book::tally);
    }

    Tally of(SaleId sale) {
        return tallies.get(sale);
    }
}
