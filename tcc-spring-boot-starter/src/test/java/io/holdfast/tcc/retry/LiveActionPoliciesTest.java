package io.holdfast.tcc.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.tcc.PhaseTwoPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class LiveActionPoliciesTest {

    private final Map<String, Object> settings = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();
    private final LiveActionPolicies policies = new LiveActionPolicies(
            environment,
            action -> action.equals("payment.open")
                    ? Optional.of(Annotated.class.getAnnotation(PhaseTwoPolicy.class))
                    : Optional.empty());

    LiveActionPoliciesTest() {
        environment.getPropertySources().addFirst(new MapPropertySource("nacos", settings));
    }

    @PhaseTwoPolicy(deadline = "2m", async = true)
    private static final class Annotated {}

    @Test
    void without_settings_the_defaults_hold() {
        assertThat(policies.of("stock.reserve")).isEqualTo(ActionPolicy.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast.tcc.actions.stock.reserve.max-delay",
                "holdfast.tcc.actions.stock.reserve.maxDelay",
                "holdfast.tcc.actions[stock.reserve].max-delay"
            })
    void an_action_with_a_dot_in_its_name_is_found_with_and_without_brackets(String name) {
        settings.put(name, "90s");

        assertThat(policies.of("stock.reserve").maxDelay()).isEqualTo(Duration.ofSeconds(90));
        assertThat(policies.of("stock").maxDelay()).isEqualTo(ActionPolicy.DEFAULT.maxDelay());
    }

    @Test
    void names_that_no_setting_could_bear_are_found_in_brackets() {
        settings.put("holdfast.tcc.actions[Stock_Reserve#2].concurrency", "3");

        assertThat(policies.of("Stock_Reserve#2").concurrency()).isEqualTo(3);
    }

    @Test
    void a_setting_of_the_action_wins_over_its_annotation_and_that_over_the_settings_of_all() {
        settings.put("holdfast.tcc.phase-two.deadline", "1h");
        settings.put("holdfast.tcc.phase-two.initial-delay", "3s");
        assertThat(policies.of("stock.reserve").deadline()).isEqualTo(Duration.ofHours(1));
        assertThat(policies.of("payment.open").deadline()).isEqualTo(Duration.ofMinutes(2));
        assertThat(policies.of("payment.open").async()).isTrue();
        assertThat(policies.of("payment.open").initialDelay()).isEqualTo(Duration.ofSeconds(3));

        settings.put("holdfast.tcc.actions.payment.open.deadline", "30s");
        settings.put("holdfast.tcc.actions.payment.open.async", "false");

        assertThat(policies.refresh()).containsExactly("payment.open");
        assertThat(policies.of("payment.open").deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(policies.of("payment.open").async()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"initial-delay=soon", "initial-delay=0s", "max-delay=500ms", "concurrency=0", "deadline=-1s"})
    void new_settings_that_make_no_sense_are_refused_and_the_last_good_ones_stay(String setting) {
        settings.put("holdfast.tcc.actions.stock.reserve.initial-delay", "2s");
        ActionPolicy good = policies.of("stock.reserve");
        String[] parts = setting.split("=");
        settings.put("holdfast.tcc.actions.stock.reserve." + parts[0], parts[1]);

        assertThat(policies.refresh()).isEmpty();

        assertThat(policies.of("stock.reserve")).isSameAs(good);
        assertThatThrownBy(() -> new LiveActionPolicies(environment, action -> Optional.empty()).of("stock.reserve"))
                .as("at the start they stop it")
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void only_settings_of_policies_concern_it() {
        assertThat(LiveActionPolicies.concerns("holdfast.tcc.actions.payment.open.deadline"))
                .isTrue();
        assertThat(LiveActionPolicies.concerns("holdfast.tcc.phase-two.deadline"))
                .isTrue();
        assertThat(LiveActionPolicies.concerns("holdfast.order.limits.max-lines"))
                .isFalse();
    }
}
