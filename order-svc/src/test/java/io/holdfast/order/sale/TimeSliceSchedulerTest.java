package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.Money;
import io.holdfast.order.model.Sale;
import io.holdfast.order.model.SaleId;
import io.holdfast.order.model.SaleStage;
import io.holdfast.order.model.SaleTerms;
import io.holdfast.order.model.Sku;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimeSliceSchedulerTest {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Half of what a sale may take of an interval if it is alone. */
    private static final Duration HALF = INTERVAL.dividedBy(2L * TimeSliceScheduler.SHARE);

    private static final Sale SMALL = sale(1, 1_000);
    private static final Sale OTHER = sale(2, 1_000);
    private static final Sale LARGE = sale(3, 64_000);

    private long now = Long.MAX_VALUE - 5;
    private final TimeSliceScheduler turns = new TimeSliceScheduler(() -> now, INTERVAL);

    @Test
    void aNewSaleIsLookedAtAsAWholeWhateverItTakes() {
        assertThat(turn(LARGE, Duration.ofSeconds(1))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void laterTheLooksTakeNoMoreThanTheirShareOfTheTime() {
        turn(LARGE, HALF);

        List<Integer> looks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            pass(INTERVAL);
            looks.addAll(turn(LARGE, HALF));
        }

        // Two for each interval, in turn.
        assertThat(looks).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 0, 1).hasSizeBetween(15, 17);
    }

    @Test
    void aSmallSaleIsLookedAtOnceATurn() {
        turn(SMALL, Duration.ofMillis(1));
        pass(INTERVAL);

        assertThat(turn(SMALL, Duration.ofMillis(1))).containsExactly(0);
    }

    @Test
    void aPartThatTakesLongRestsForAsManyTimesAsLong() {
        turnTwice(SMALL, INTERVAL);

        pass(INTERVAL.multipliedBy(TimeSliceScheduler.SHARE - 2));
        assertThat(turn(SMALL, INTERVAL)).isEmpty();
        pass(INTERVAL.multipliedBy(2));
        assertThat(turn(SMALL, INTERVAL)).containsExactly(0);
    }

    @Test
    void noSaleWaitsForAnother() {
        turnTwice(SMALL, Duration.ofHours(1));

        assertThat(turn(OTHER, Duration.ofMillis(1))).containsExactly(0);
    }

    @Test
    void allSalesTogetherTakeNoMoreThanOneWould() {
        turns.keep(Set.of(SMALL.id(), OTHER.id()));
        turnTwice(SMALL, INTERVAL);

        pass(INTERVAL.multipliedBy(2 * TimeSliceScheduler.SHARE - 2));
        assertThat(turn(SMALL, INTERVAL)).isEmpty();
        pass(INTERVAL.multipliedBy(2));
        assertThat(turn(SMALL, INTERVAL)).containsExactly(0);
    }

    @Test
    void whatWasNotUsedUpIsNotSaved() {
        turn(LARGE, HALF);
        pass(Duration.ofHours(1));

        assertThat(turn(LARGE, HALF)).hasSizeLessThan(4);
    }

    @Test
    void aPartThatDiffersIsLookedAtFirstInTheNextTurnButOnlyOnce() {
        turns.run(LARGE, part -> part.number() == 3);

        List<Integer> looks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            pass(INTERVAL);
            turns.run(LARGE, part -> {
                looks.add(part.number());
                pass(HALF);
                return part.number() == 3;
            });
        }

        assertThat(looks).startsWith(3, 0, 1, 2, 4);
    }

    @Test
    void aLookThatFailedCostsNothingAndIsTheNextOne() {
        turn(LARGE, Duration.ofMillis(1));
        pass(INTERVAL);

        assertThatThrownBy(() -> turns.run(LARGE, part -> {
                    if (part.number() < 2) {
                        return false;
                    }
                    pass(Duration.ofSeconds(10));
                    throw new IllegalStateException("Redis is away at " + part.number());
                }))
                .hasMessage("Redis is away at 2");

        assertThat(turn(LARGE, Duration.ofMillis(1))).startsWith(2, 3);
    }

    @Test
    void aNewSaleWhoseLooksFailedIsStillLookedAtAsAWhole() {
        assertThatThrownBy(() -> turns.run(LARGE, part -> {
                    pass(Duration.ofSeconds(1));
                    if (part.number() == 1) {
                        throw new IllegalStateException("Redis is away");
                    }
                    return false;
                }))
                .hasMessage("Redis is away");

        assertThat(turn(LARGE, Duration.ofSeconds(1))).startsWith(1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void aSlowLookAmongQuickOnesCostsWhatAQuickOneDoes() {
        turn(SMALL, Duration.ofMillis(10));
        pass(INTERVAL);
        turn(SMALL, Duration.ofSeconds(10));

        pass(INTERVAL);
        assertThat(turn(SMALL, Duration.ofSeconds(10))).containsExactly(0);
        // The second slow one tells that the sale has grown.
        pass(INTERVAL);
        assertThat(turn(SMALL, Duration.ofSeconds(10))).isEmpty();
    }

    @Test
    void whatIsNotKeptIsNewAgain() {
        turnTwice(SMALL, Duration.ofHours(1));
        turnTwice(OTHER, Duration.ofHours(1));

        turns.keep(Set.of(OTHER.id()));

        assertThat(turn(SMALL, Duration.ofMillis(1))).containsExactly(0);
        assertThat(turn(OTHER, Duration.ofMillis(1))).isEmpty();
    }

    /** The first look at a new sale is free. */
    private void turnTwice(Sale sale, Duration each) {
        turn(sale, each);
        turn(sale, each);
    }

    /** @return the parts that were looked at */
    private List<Integer> turn(Sale sale, Duration each) {
        List<Integer> looks = new ArrayList<>();
        turns.run(sale, part -> {
            looks.add(part.number());
            pass(each);
            return false;
        });
        return looks;
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static Sale sale(int number, int quota) {
        Instant opens = Instant.parse("2026-11-27T12:00:00Z");
        return new Sale(
                new SaleId("00000000-0000-0000-0000-00000000000" + number),
                new SaleTerms(new Sku("sku-1"), quota, new Money(1_000, "EUR"), 1, opens, opens.plusSeconds(60)),
                SaleStage.READY,
                null,
                opens);
    }
}
