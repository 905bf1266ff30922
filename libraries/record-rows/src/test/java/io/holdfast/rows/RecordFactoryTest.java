package io.holdfast.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.ibatis.reflection.ReflectionException;
import org.junit.jupiter.api.Test;

class RecordFactoryTest {

    private final RecordFactory factory = new RecordFactory();

    @Test
    void aRecordThatIsNotPublicIsMadeOfItsComponents() {
        assertThat(factory.create(Level.class, List.of(String.class, int.class), List.of("SKU-1", 3)))
                .isEqualTo(new Level("SKU-1", 3));
    }

    @Test
    void aComponentMayBeNull() {
        assertThat(factory.create(Level.class, List.of(String.class, int.class), Arrays.asList(null, 0)))
                .isEqualTo(new Level(null, 0));
    }

    @Test
    void anotherConstructorThanTheCanonicalOneIsCalledWhereItIsAskedFor() {
        assertThat(factory.create(Level.class, List.of(String.class), List.of("SKU-1")))
                .isEqualTo(new Level("SKU-1", 0));
    }

    @Test
    void whatARecordRefusesIsToldWithItsCauseAndWithoutTheRow() {
        assertThatThrownBy(() -> factory.create(Level.class, List.of(String.class, int.class), List.of("SKU-1", -1)))
                .isInstanceOf(ReflectionException.class)
                .hasMessageContaining("Level")
                .hasMessageNotContaining("SKU-1")
                .hasRootCauseMessage("less than nothing");
    }

    @Test
    void whatIsNoRecordIsMadeAsEver() {
        assertThat((Object) factory.create(List.class)).isInstanceOf(ArrayList.class);
        assertThat(factory.create(StringBuilder.class, List.of(String.class), List.of("text")))
                .hasToString("text");
        assertThat(factory.create(UUID.class, List.of(long.class, long.class), List.of(1L, 2L)))
                .isEqualTo(new UUID(1, 2));
    }

    private record Level(String sku, int pieces) {

        Level {
            if (pieces < 0) {
                throw new IllegalArgumentException("less than nothing");
            }
        }

        Level(String sku) {
            this(sku, 0);
        }
    }
}
