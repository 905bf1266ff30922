package io.holdfast.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import feign.RequestTemplate;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;

class EdgeAutoConfigurationTest {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, EdgeAutoConfiguration.class));

    @AfterEach
    void leaveNoTrace() {
        MDC.remove(TraceId.NAME);
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

    @Test
    void theServicesOwnErrorPageWins() {
        runner.withBean(ErrorController.class, () -> new ErrorController() {}).run(context -> assertThat(context)
                .hasSingleBean(ErrorController.class)
                .doesNotHaveBean(ProblemErrorController.class));
    }

    @Test
    void aCallToAnotherServiceCarriesTheTrace() {
        MDC.put(TraceId.NAME, "4bf92f3577b34da6a3ce929d0e0e4736");
        RequestTemplate call = new RequestTemplate();

        new TraceOverFeign().apply(call);

        assertThat(call.headers().get("traceparent")).singleElement().satisfies(header -> {
            assertThat(header).startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
            assertThat(TraceId.ofTraceparent(header).value()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        });
    }

    @Test
    void aCallOutsideAnyRequestCarriesNoTrace() {
        RequestTemplate call = new RequestTemplate();

        new TraceOverFeign().apply(call);

        assertThat(call.headers()).doesNotContainKey("traceparent");
    }

    @Test
    void aProblemCannotBeMadeWrongly() {
        assertThatThrownBy(() -> new ProblemException(HttpStatus.OK, "fine", "All is well."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProblemException(HttpStatus.CONFLICT, "Not A Code", "No."))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProblemException(HttpStatus.CONFLICT, "taken", "No.", Map.of("traceId", "mine")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
