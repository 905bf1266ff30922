package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.order.model.SaleId;
import io.holdfast.order.sale.SaleRepository.Tally;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SaleTallyCacheTest {

    private static final SaleId SALE = new SaleId("00000000-0000-0000-0000-000000000001");

    private long now;
    private Duration each = Duration.ofMillis(1);
    private long counts;
    private final SaleTallyCache tallies = new SaleTallyCache(
            sale -> {
                now += each.toNanos();
                counts++;
                return new Tally(counts, 0, 0);
            },
            () -> now);

    @Test
    void whoeverLooksWithinAMomentSeesTheSameFigures() {
        assertThat(tallies.of(SALE).held()).isEqualTo(1);

        pass(SaleTallyCache.TIME_TO_LIVE.minusMillis(1));
        assertThat(tallies.of(SALE).held()).isEqualTo(1);
        pass(Duration.ofMillis(1));
        assertThat(tallies.of(SALE).held()).isEqualTo(2);
    }

    @Test
    void aSaleThatTakesLongToCountIsCountedForATenthOfTheTime() {
        each = Duration.ofMillis(300);
        tallies.of(SALE);

        pass(each.multipliedBy(SaleTallyCache.SHARE - 1).minusMillis(1));
        assertThat(tallies.of(SALE).held()).isEqualTo(1);
        pass(Duration.ofMillis(1));
        assertThat(tallies.of(SALE).held()).isEqualTo(2);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
