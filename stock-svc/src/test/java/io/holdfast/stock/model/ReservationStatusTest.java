package io.holdfast.stock.model;

import static io.holdfast.stock.model.ReservationStatus.RELEASED;
import static io.holdfast.stock.model.ReservationStatus.RESERVED;
import static io.holdfast.stock.model.ReservationStatus.SOLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReservationStatusTest {

    @Test
    void aReservationIsSoldOrReleased() {
        assertThat(RESERVED.nextSteps()).containsExactlyInAnyOrder(SOLD, RELEASED);
        assertThat(RESERVED.to(SOLD)).hasToString("RESERVED to SOLD");
        assertThat(RESERVED.isFinal()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSoldOrReleasedStaysSo(ReservationStatus next) {
        for (ReservationStatus end : List.of(SOLD, RELEASED)) {
            assertThat(end.isFinal()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> end.to(next));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> RESERVED.to(RESERVED));
    }

    @Test
    void onlyWhatIsReleasedFreesTheOrderId() {
        assertThat(List.of(ReservationStatus.values()))
                .filteredOn(status -> !status.isLive())
                .containsExactly(RELEASED);
    }
}
