package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.error.ErrorController;

class EdgeAutoConfigurationTest {

    private final WebApplicationContextRunner runner =
            new WebApplicationContextRunner().withConfiguration(EdgeAutoConfigurations.withJackson());

    @Test
    void withoutAnySettingItStarts() {
        runner.run(context -> assertThat(context).hasNotFailed().hasSingleBean(ErrorController.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast.edge.max-body=0B",
                "holdfast.edge.max-body=-1B",
                "holdfast.edge.max-internal-body=1GB",
                "holdfast.edge.max-json-depth=0",
                "holdfast.edge.max-json-string=10000000"
            })
    void aSettingThatBoundsNothingStopsTheStart(String setting) {
        runner.withPropertyValues(setting).run(context -> assertThat(context).hasFailed());
    }
}
