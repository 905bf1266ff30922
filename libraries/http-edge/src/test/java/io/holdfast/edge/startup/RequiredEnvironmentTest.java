package io.holdfast.edge.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequiredEnvironmentTest {

    private final RequiredEnvironment required = RequiredEnvironment.of("tea-svc", "TEA_PASSWORD", "TEA_KEY");

    @Test
    void whatIsNotSetOrBlankIsMissing() {
        assertThat(required.missingIn(Map.of())).containsExactly("TEA_PASSWORD", "TEA_KEY");
        assertThat(required.missingIn(Map.of("TEA_PASSWORD", " ", "TEA_KEY", "k")))
                .containsExactly("TEA_PASSWORD");
        assertThat(required.missingIn(Map.of("TEA_PASSWORD", "p", "TEA_KEY", "k")))
                .isEmpty();
    }

    @Test
    void whatIsUsedOnlyIfConfiguredIsMissingOnlyThen() {
        RequiredEnvironment withMilk =
                RequiredEnvironment.of("tea-svc", "TEA_KEY").and("MILK_PASSWORD", "MILK_HOST");

        assertThat(withMilk.missingIn(Map.of("TEA_KEY", "k"))).isEmpty();
        assertThat(withMilk.missingIn(Map.of("TEA_KEY", "k", "MILK_HOST", "cow")))
                .containsExactly("MILK_PASSWORD");
        assertThat(withMilk.missingIn(Map.of("TEA_KEY", "k", "MILK_HOST", "cow", "MILK_PASSWORD", "p")))
                .isEmpty();
    }

    @Test
    void theMessageNamesThem() {
        assertThat(required.message(List.of("TEA_PASSWORD", "TEA_KEY")))
                .startsWith("tea-svc does not start: no value for the environment variables TEA_PASSWORD, TEA_KEY.");
    }
}
