package io.holdfast.order.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.SaleId;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RestsTest {

    private static final SaleId SALE = new SaleId("00000000-0000-0000-0000-000000000001");
    private static final SaleId OTHER = new SaleId("00000000-0000-0000-0000-000000000002");

    private long now = Long.MAX_VALUE - 5;
    private final Rests rests = new Rests(() -> now);

    @Test
    void aSaleRestsForAsManyTimesAsLongAsTheLookTook() {
        assertThat(rests.isResting(SALE)).isFalse();

        look(SALE, Duration.ofMillis(100));

        pass(Duration.ofMillis(Rests.SHARE * 100 - 1));
        assertThat(rests.isResting(SALE)).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(rests.isResting(SALE)).isFalse();
    }

    @Test
    void noSaleRestsForAnother() {
        look(SALE, Duration.ofSeconds(1));

        assertThat(rests.isResting(OTHER)).isFalse();
    }

    @Test
    void allSalesTogetherTakeNoMoreThanOneWould() {
        rests.keep(Set.of(SALE, OTHER));
        look(SALE, Duration.ofSeconds(1));

        pass(Duration.ofSeconds(2 * Rests.SHARE - 1));
        assertThat(rests.isResting(SALE)).isTrue();
        rests.keep(Set.of(SALE));
        assertThat(rests.isResting(SALE)).isFalse();
        rests.keep(Set.of(SALE, OTHER));
        pass(Duration.ofSeconds(1));
        assertThat(rests.isResting(SALE)).isFalse();
    }

    @Test
    void aLookThatFailedEarnsNoRest() {
        look(SALE, Duration.ofSeconds(1));
        pass(Duration.ofHours(1));

        assertThatThrownBy(() -> rests.timed(SALE, () -> {
                    pass(Duration.ofSeconds(10));
                    throw new IllegalStateException("Redis is away");
                }))
                .hasMessage("Redis is away");

        assertThat(rests.isResting(SALE)).isFalse();
    }

    @Test
    void aSlowLookAmongQuickOnesEarnsTheRestOfAQuickOne() {
        look(SALE, Duration.ofMillis(10));
        look(SALE, Duration.ofSeconds(10));

        assertThat(rests.isResting(SALE)).isTrue();
        pass(Duration.ofMillis(Rests.SHARE * 10));
        assertThat(rests.isResting(SALE)).isFalse();
        // The second slow one tells that the sale has grown.
        look(SALE, Duration.ofSeconds(10));
        pass(Duration.ofSeconds(Rests.SHARE * 10 - 1));
        assertThat(rests.isResting(SALE)).isTrue();
    }

    @Test
    void whatIsNotKeptIsForgotten() {
        look(SALE, Duration.ofSeconds(1));
        look(OTHER, Duration.ofSeconds(1));

        rests.keep(Set.of(OTHER));

        assertThat(rests.isResting(SALE)).isFalse();
        assertThat(rests.isResting(OTHER)).isTrue();
    }

    private void look(SaleId sale, Duration took) {
        rests.timed(sale, () -> pass(took));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
