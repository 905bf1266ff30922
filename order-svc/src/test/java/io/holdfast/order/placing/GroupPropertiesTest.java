package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.properties.LiveProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class GroupPropertiesTest {

    private static final GroupProperties DEFAULTS =
            new GroupProperties(true, 200, 2000, 2, 200, 25, Duration.ofSeconds(20), Duration.ofSeconds(8));

    private final Map<String, Object> settings = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();

    GroupPropertiesTest() {
        environment.getPropertySources().addFirst(new MapPropertySource("nacos", settings));
    }

    @Test
    void theNextOrderObeysWhatWasChanged() {
        LiveProperties<GroupProperties> limits = PlacingConfiguration.groupProperties(environment);
        assertThat(limits.current()).isEqualTo(DEFAULTS);

        change(limits, "enabled", "false");
        change(limits, "patience", "3s");

        assertThat(limits.current().enabled()).isFalse();
        assertThat(limits.current().patience()).isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource({
        "enabled, perhaps",
        "max-orders, 0",
        "max-orders, 501",
        "max-lines, 199",
        "max-lines, 5001",
        "in-flight, 0",
        "in-flight, 9",
        "max-waiting, 0",
        "max-waiting, 10001",
        "buyer-share, 0",
        "buyer-share, 101",
        "patience, 0s",
        "patience, 41s",
        "again-within, -1s",
        "again-within, soon"
    })
    void aValueThatMakesNoSenseIsRefusedAloudAndTheOldOnesStay(String name, String value, CapturedOutput output) {
        LiveProperties<GroupProperties> limits = PlacingConfiguration.groupProperties(environment);

        change(limits, name, value);

        assertThat(limits.current()).isEqualTo(DEFAULTS);
        assertThat(output).contains("ERROR").contains("are refused");
    }

    @Test
    void aServiceWithBadLimitsDoesNotStart() {
        settings.put("holdfast.order.grouping.in-flight", "0");

        assertThatThrownBy(() -> PlacingConfiguration.groupProperties(environment))
                .rootCause()
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("in-flight must be 1 to");
    }

    private void change(LiveProperties<GroupProperties> limits, String name, String value) {
        settings.put("holdfast.order.grouping." + name, value);
        limits.refresh();
    }
}
