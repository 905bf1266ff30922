package io.holdfast.load.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void ofAnOddNumberTheMiddleOneOfAnEvenOneTheMeanOfTwo() {
        assertThat(spread(9, 1, 4)).isEqualTo(new Spread(1, 4, 9));
        assertThat(spread(8, 2)).isEqualTo(new Spread(2, 5, 8));
        assertThat(spread(7)).isEqualTo(new Spread(7, 7, 7));
    }

    @Test
    void ofNothingThereIsNone() {
        assertThatIllegalArgumentException().isThrownBy(SpreadTest::spread);
    }

    private static Spread spread(double... figures) {
        return Spread.of(Arrays.stream(figures).boxed().toList(), Double::doubleValue);
    }

    @Test
    void theOrderOfTheRoundsDoesNotMatter() {
        assertThat(Spread.of(List.of(3, 1, 2), Integer::doubleValue)).isEqualTo(new Spread(1, 2, 3));
    }
}
