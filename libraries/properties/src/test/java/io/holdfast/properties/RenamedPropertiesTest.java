package io.holdfast.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

class RenamedPropertiesTest {

    private final RenamedProperties renamed = new RenamedProperties(Map.of(
            "shop.mends.*", "shop.repairs.*",
            "shop.mends.every", "shop.repair-interval",
            "shop.most", "shop.max"));

    @Test
    void aNameIsRenamedWithAllBelowIt() {
        assertThat(renamed.newNameOf(name("shop.most"))).isEqualTo(name("shop.max"));
        assertThat(renamed.newNameOf(name("shop.most[2].name"))).isEqualTo(name("shop.max[2].name"));
        assertThat(renamed.newNameOf(name("shop.mends.first-delay"))).isEqualTo(name("shop.repairs.first-delay"));
        assertThat(renamed.newNameOf(name("shop.max"))).isNull();
        assertThat(renamed.newNameOf(name("shop"))).isNull();
    }

    @Test
    void theMostSpecificLineWins() {
        assertThat(renamed.newNameOf(name("shop.mends.every"))).isEqualTo(name("shop.repair-interval"));
        assertThat(renamed.oldNamesOf(name("shop.repair-interval"))).containsExactly(name("shop.mends.every"));
        assertThat(renamed.oldNamesOf(name("shop.repairs.every"))).isEmpty();
        assertThat(renamed.oldNamesOf(name("shop.repairs.enabled"))).containsExactly(name("shop.mends.enabled"));
    }

    @Test
    void linesThatCannotBeMeantAreRefused() {
        assertThatThrownBy(() -> new RenamedProperties(Map.of("a.b.*", "a.c"))).hasMessageContaining("'.*'");
        assertThatThrownBy(() -> new RenamedProperties(Map.of("a.b", "a.c", "a.c", "a.d")))
                .hasMessageContaining("renamed itself");
        assertThatThrownBy(() -> new RenamedProperties(Map.of("a.b-c", "a.c", "a.bc", "a.d")))
                .as("one name, written in two ways")
                .hasMessageContaining("is renamed to");
        assertThatThrownBy(() -> new RenamedProperties(Map.of("a.B!", "a.c"))).isInstanceOf(RuntimeException.class);
    }

    private static ConfigurationPropertyName name(String name) {
        return ConfigurationPropertyName.of(name);
    }
}
