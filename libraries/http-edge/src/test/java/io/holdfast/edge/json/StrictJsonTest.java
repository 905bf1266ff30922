package io.holdfast.edge.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.edge.body.EdgeProperties;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.json.JsonMapper;

class StrictJsonTest {

    private final JsonMapper mapper = StrictJson.mapper(
            new EdgeProperties(DataSize.ofKilobytes(1), DataSize.ofKilobytes(2), 16, 64, 200, Duration.ofSeconds(1)),
            List.of());

    @Test
    void arraysAreBounded() {
        assertThat(mapper.readTree("[" + "1,".repeat(150) + "1]").size()).isEqualTo(151);
        assertThatThrownBy(() -> mapper.readTree("[" + "1,".repeat(250) + "1]"))
                .isInstanceOf(StreamConstraintsException.class);
    }

    @Test
    void nestingIsBounded() {
        assertThat(mapper.readTree("[".repeat(16) + "]".repeat(16)).isArray()).isTrue();
        assertThatThrownBy(() -> mapper.readTree("[".repeat(17) + "]".repeat(17)))
                .isInstanceOf(StreamConstraintsException.class);
    }

    @Test
    void stringsNamesAndNumbersAreBounded() {
        assertThat(mapper.readTree("\"" + "x".repeat(64) + "\"").asString()).hasSize(64);
        assertThatThrownBy(() -> mapper.readTree("\"" + "x".repeat(65) + "\""))
                .isInstanceOf(StreamConstraintsException.class);
        assertThatThrownBy(() -> mapper.readTree("{\"" + "x".repeat(129) + "\":1}"))
                .isInstanceOf(StreamConstraintsException.class);
        assertThatThrownBy(() -> mapper.readTree("[" + "1".repeat(33) + "]"))
                .isInstanceOf(StreamConstraintsException.class);
    }

    @Test
    void aKeyGivenTwiceIsRefused() {
        assertThatThrownBy(() -> mapper.readTree("{\"a\":1,\"a\":1}")).isInstanceOf(StreamReadException.class);
    }
}
