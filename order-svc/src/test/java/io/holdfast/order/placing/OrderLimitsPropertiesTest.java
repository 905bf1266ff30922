package io.holdfast.order.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.order.model.InvalidValueException;
import io.holdfast.order.model.OrderLimits;
import io.holdfast.properties.LiveProperties;
import io.holdfast.properties.LivePropertiesAutoConfiguration;
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
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class OrderLimitsPropertiesTest {

    private static final String QUANTITY = "holdfast.order.limits.max-quantity-per-order";

    private final Map<String, Object> settings = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();

    OrderLimitsPropertiesTest() {
        environment.getPropertySources().addFirst(new MapPropertySource("nacos", settings));
    }

    @Test
    void theNextOrderObeysWhatWasChanged() {
        LiveProperties<OrderLimits> limits = PlacingConfiguration.orderLimits(environment);
        assertThat(limits.current()).isEqualTo(new OrderLimits(200, 100));

        change(limits, "5");
        assertThat(limits.current()).isEqualTo(new OrderLimits(200, 5));

        settings.clear();
        announce(limits, new EnvironmentChangeEvent(Set.of(QUANTITY)));
        assertThat(limits.current()).isEqualTo(new OrderLimits(200, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "99999999", ""})
    void aValueThatMakesNoSenseIsRefusedAloudAndTheOldOneStays(String value, CapturedOutput output) {
        LiveProperties<OrderLimits> limits = PlacingConfiguration.orderLimits(environment);
        change(limits, "5");

        change(limits, value);

        assertThat(limits.current().maxQuantityPerOrder()).isEqualTo(5);
        assertThat(output).contains("ERROR").contains("are refused").contains("maxQuantityPerOrder=5");
    }

    @Test
    void aServiceWithBadLimitsDoesNotStart() {
        settings.put(QUANTITY, "0");

        assertThatThrownBy(() -> PlacingConfiguration.orderLimits(environment))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("max-quantity-per-order must be 1 to");
    }

    @Test
    void otherSettingsDoNotMatter() {
        LiveProperties<OrderLimits> limits = PlacingConfiguration.orderLimits(environment);
        settings.put(QUANTITY, "5");

        announce(limits, new EnvironmentChangeEvent(Set.of("logging.level.root")));

        assertThat(limits.current().maxQuantityPerOrder()).isEqualTo(100);
    }

    private void change(LiveProperties<OrderLimits> limits, String value) {
        settings.put(QUANTITY, value);
        announce(limits, new EnvironmentChangeEvent(Set.of(QUANTITY)));
    }

    /** As Spring Cloud announces a change. */
    private static void announce(LiveProperties<OrderLimits> limits, EnvironmentChangeEvent change) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean("limits", LiveProperties.class, () -> limits);
            context.register(LivePropertiesAutoConfiguration.class);
            context.refresh();
            context.publishEvent(change);
        }
    }
}
