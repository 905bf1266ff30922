package io.holdfast.edge.problem;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class ProblemExceptionTest {

    @Test
    void aProblemCannotBeMadeWrongly() {
        assertThatThrownBy(() -> new ProblemException(HttpStatus.OK, "fine", "All is well."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProblemException(HttpStatus.CONFLICT, "Not A Code", "No."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProblemException(HttpStatus.CONFLICT, "taken", "No.", Map.of("traceId", "mine")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
