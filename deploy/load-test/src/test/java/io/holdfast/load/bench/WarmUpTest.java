package io.holdfast.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void itIsOverWhenThreeSlicesAreHardlyFasterThanTheBestBeforeThem() {
        assertThat(WarmUp.isSteady(List.of(100.0, 104.0, 90.0, 105.0))).isTrue();
        assertThat(WarmUp.isSteady(List.of(20.0, 50.0, 100.0, 80.0, 95.0, 100.0)))
                .isTrue();
    }

    @Test
    void itGoesOnWhileOneOfThemIsFaster() {
        assertThat(WarmUp.isSteady(List.of(100.0, 106.0, 90.0, 90.0))).isFalse();
        assertThat(WarmUp.isSteady(List.of(20.0, 50.0, 100.0, 80.0, 95.0, 110.0)))
                .isFalse();
    }

    @Test
    void itNeedsSomethingToCompareWith() {
        assertThat(WarmUp.isSteady(List.of())).isFalse();
        assertThat(WarmUp.isSteady(List.of(100.0, 100.0, 100.0))).isFalse();
        assertThat(WarmUp.isSteady(List.of(100.0, 100.0, 100.0, 100.0))).isTrue();
    }
}
