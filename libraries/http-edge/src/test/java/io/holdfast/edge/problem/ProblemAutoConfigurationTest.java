package io.holdfast.edge.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.error.ErrorController;

class ProblemAutoConfigurationTest {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, ProblemAutoConfiguration.class));

    @Test
    void theErrorPageIsAProblem() {
        runner.run(context -> assertThat(context).hasSingleBean(ProblemErrorController.class));
    }

    @Test
    void theServicesOwnErrorPageWins() {
        runner.withBean(ErrorController.class, () -> new ErrorController() {}).run(context -> assertThat(context)
                .hasSingleBean(ErrorController.class)
                .doesNotHaveBean(ProblemErrorController.class));
    }
}
