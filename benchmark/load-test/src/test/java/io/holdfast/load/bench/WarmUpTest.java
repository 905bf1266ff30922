package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.load.bench.WarmUp.Slice;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void itIsOverWhenThreeSlicesAreHardlyFasterThanTheBestBeforeThem() {
        assertThat(WarmUp.isOver(compiled(100, 104, 90, 105))).isTrue();
        assertThat(WarmUp.isOver(compiled(20, 50, 100, 80, 95, 100))).isTrue();
    }

    @Test
    void itGoesOnWhileOneOfThemIsFaster() {
        assertThat(WarmUp.isOver(compiled(100, 106, 90, 90))).isFalse();
        assertThat(WarmUp.isOver(compiled(20, 50, 100, 80, 95, 110))).isFalse();
    }

    @Test
    void itGoesOnWhileTheCompilersAreBusyHoweverSteadyTheRateIs() {
        assertThat(WarmUp.isOver(slices(0.4, 100, 100, 100, 100))).isFalse();
        assertThat(WarmUp.isOver(slices(0.11, 100, 100, 100, 100))).isFalse();
        assertThat(WarmUp.isOver(slices(0.09, 100, 100, 100, 100))).isTrue();
    }

    @Test
    void whatTheCompilersDidEarlierDoesNotCount() {
        assertThat(WarmUp.isOver(
                        List.of(new Slice(100, 0.9), new Slice(99, 0.15), new Slice(98, 0.05), new Slice(98, 0.05))))
                .isTrue();
    }

    @Test
    void itNeedsSomethingToCompareWith() {
        assertThat(WarmUp.isOver(List.of())).isFalse();
        assertThat(WarmUp.isOver(compiled(100, 100, 100))).isFalse();
        assertThat(WarmUp.isOver(compiled(100, 100, 100, 100))).isTrue();
    }

    private static List<Slice> compiled(double... perSecond) {
        return slices(0, perSecond);
    }

    private static List<Slice> slices(double compilersShare, double... perSecond) {
        return Arrays.stream(perSecond)
                .mapToObj(rate -> new Slice(rate, compilersShare))
                .toList();
    }
}
