package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.OrderLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class LiveOrderLimitsTest {

    private static final String QUANTITY = "holdfast.order.limits.max-quantity-per-order";

    private final Map<String, Object> settings = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();

    LiveOrderLimitsTest() {
        environment.getPropertySources().addFirst(new MapPropertySource("nacos", settings));
    }

    @Test
    void theNextOrderObeysWhatWasChanged() {
        LiveOrderLimits limits = new LiveOrderLimits(environment);
        assertThat(limits.now()).isEqualTo(new OrderLimits(200, 100));

        change(limits, "5");
        assertThat(limits.now()).isEqualTo(new OrderLimits(200, 5));

        settings.clear();
        limits.on(new EnvironmentChangeEvent(Set.of(QUANTITY)));
        assertThat(limits.now()).isEqualTo(new OrderLimits(200, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "99999999", ""})
    void aValueThatMakesNoSenseIsRefusedAloudAndTheOldOneStays(String value, CapturedOutput output) {
        LiveOrderLimits limits = new LiveOrderLimits(environment);
        change(limits, "5");

        change(limits, value);

        assertThat(limits.now().maxQuantityPerOrder()).isEqualTo(5);
        assertThat(output).contains("ERROR").contains("are refused").contains("maxQuantityPerOrder=5");
    }

    @Test
    void aServiceWithBadLimitsDoesNotStart() {
        settings.put(QUANTITY, "0");

        assertThatThrownBy(() -> new LiveOrderLimits(environment))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("max-quantity-per-order must be 1 to");
    }

    @Test
    void otherSettingsDoNotMatter() {
        LiveOrderLimits limits = new LiveOrderLimits(environment);
        settings.put(QUANTITY, "5");

        limits.on(new EnvironmentChangeEvent(Set.of("logging.level.root")));

        assertThat(limits.now().maxQuantityPerOrder()).isEqualTo(100);
    }

    private void change(LiveOrderLimits limits, String value) {
        settings.put(QUANTITY, value);
        limits.on(new EnvironmentChangeEvent(Set.of(QUANTITY)));
    }
}
