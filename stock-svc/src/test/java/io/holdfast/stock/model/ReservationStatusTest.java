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

    @Test
    void whatIsSoldCanOnlyBeReleased() {
        assertThat(SOLD.nextSteps()).containsExactly(RELEASED);
        assertThat(SOLD.isFinal()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReleasedStaysSo(ReservationStatus next) {
        assertThat(RELEASED.isFinal()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> RELEASED.to(next));
        assertThatIllegalArgumentException().isThrownBy(() -> RESERVED.to(RESERVED));
        assertThatIllegalArgumentException().isThrownBy(() -> SOLD.to(RESERVED));
    }

    @Test
    void onlyWhatIsReleasedFreesTheOrderId() {
        assertThat(List.of(ReservationStatus.values()))
                .filteredOn(status -> !status.isLive())
                .containsExactly(RELEASED);
    }
}
