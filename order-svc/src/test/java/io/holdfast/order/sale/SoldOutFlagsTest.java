package io.holdfast.order.sale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.SaleId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoldOutFlagsTest {

    private static final Duration TIME_TO_LIVE = Duration.ofMillis(500);
    private static final int MAX_NAMES = 1_000;
    private static final SaleId SALE = new SaleId("01890a5d-ac96-774b-bcce-b302099a8057");

    private long now = Long.MAX_VALUE - TIME_TO_LIVE.toNanos() / 2;
    private final SoldOutFlags flags = new SoldOutFlags(TIME_TO_LIVE, MAX_NAMES, () -> now);

    @Test
    void everybodyHearsItAtOnceButThoseWhoGotSomething() {
        assertThat(flags.isUpFor("bob", SALE)).isFalse();

        raise("1", "alice");

        assertThat(flags.isUpFor("bob", SALE)).isTrue();
        assertThat(flags.isUpFor("alice", SALE)).isFalse();
    }

    @Test
    void afterAMomentOneOfTheCrowdAsksAndTheOthersHearWhatWasFoundLast() {
        raise("1", "alice");
        pass(TIME_TO_LIVE);

        assertThat(asking(1_000)).isEqualTo(1);
        assertThat(flags.isUpFor("alice", SALE)).isFalse();
    }

    @Test
    void whoeverAskedAndFoundItSoldOutStillAsksForAllAgain() {
        raise("1", "alice");
        pass(TIME_TO_LIVE);
        assertThat(asking(10)).isEqualTo(1);
        raise("1", "alice");

        pass(TIME_TO_LIVE.dividedBy(2));
        assertThat(asking(10)).isZero();
        pass(TIME_TO_LIVE);
        assertThat(asking(10)).isEqualTo(1);
    }

    @Test
    void ifNobodyGetsAnAnswerOneMoreAsksEveryMomentAndInTheEndEverybody() {
        raise("1", "alice");
        for (int moment = 1; moment < SoldOutFlags.MOMENTS_OF_TRUST; moment++) {
            pass(TIME_TO_LIVE);
            assertThat(asking(10)).isEqualTo(1);
        }
        pass(TIME_TO_LIVE);

        assertThat(asking(10)).isEqualTo(10);
    }

    @Test
    void aLoweredFlagMakesEverybodyAsk() {
        raise("1", "alice");
        flags.lower(SALE);

        assertThat(asking(10)).isEqualTo(10);
    }

    @Test
    void whoGotSomethingIsReadAnewOnlyWhenASlotHasComeBack() {
        AtomicInteger reads = new AtomicInteger();
        Supplier<Optional<Set<String>>> names = () -> {
            reads.incrementAndGet();
            return Optional.of(Set.of("alice"));
        };
        flags.raise(SALE, "1", names);
        flags.raise(SALE, "1", names);
        assertThat(reads).hasValue(1);

        flags.raise(SALE, "2", names);
        assertThat(reads).hasValue(2);
    }

    @Test
    void whileTheNamesAreReadNobodyElseReadsThem() {
        AtomicInteger reads = new AtomicInteger();
        flags.raise(SALE, "1", () -> {
            flags.raise(SALE, "1", () -> {
                reads.incrementAndGet();
                return Optional.of(Set.of());
            });
            return Optional.of(Set.of("alice"));
        });

        assertThat(reads).hasValue(0);
        assertThat(flags.isUpFor("bob", SALE)).isTrue();
    }

    @Test
    void withTooManyToRememberEverybodyAsks() {
        flags.raise(SALE, "1", Optional::empty);

        assertThat(asking(10)).isEqualTo(10);
    }

    @Test
    void aNameThatCannotBeReadDoesNotKeepTheNextFromReadingIt() {
        assertThatThrownBy(() -> flags.raise(SALE, "1", () -> {
                    throw new IllegalStateException("Redis is away");
                }))
                .hasMessage("Redis is away");
        raise("1", "alice");

        assertThat(flags.isUpFor("bob", SALE)).isTrue();
    }

    @Test
    void theNamesOfASaleThatNobodyAsksForAnyMoreAreForgotten() {
        raise("1", "alice", "bob");
        assertThat(flags.size()).isEqualTo(3);

        pass(SoldOutFlags.NAMES_KEPT);

        assertThat(flags.size()).isZero();
    }

    @Test
    void theNamesOfASaleThatIsOverAreForgotten() {
        raise("1", "alice", "bob");

        flags.forget(SALE);

        assertThat(flags.size()).isZero();
        assertThat(flags.isUpFor("carol", SALE)).isFalse();
    }

    @Test
    void ofManyLargeSalesNoMoreNamesAreKeptThanTheBound() {
        for (int sale = 0; sale < 100; sale++) {
            Set<String> names = IntStream.range(0, MAX_NAMES / 5)
                    .mapToObj(i -> "buyer-" + i)
                    .collect(Collectors.toSet());
            flags.raise(new SaleId("01890a5d-ac96-774b-bcce-%012d".formatted(sale)), "1", () -> Optional.of(names));
        }

        assertThat(flags.size()).isBetween(MAX_NAMES / 5L, (long) MAX_NAMES);
    }

    private void raise(String generation, String... buyers) {
        flags.raise(SALE, generation, () -> Optional.of(Set.of(buyers)));
    }

    private long asking(int crowd) {
        return IntStream.range(0, crowd)
                .filter(i -> !flags.isUpFor("buyer-" + i, SALE))
                .count();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
