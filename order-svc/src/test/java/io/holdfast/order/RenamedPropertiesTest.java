package io.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Names of the release before still count. */
class RenamedPropertiesTest {

    @ParameterizedTest
    @CsvSource({
        "holdfast.order.twin.patience, holdfast.order.duplicate-requests.patience, 7s",
        "holdfast.order.twin.most-waiting, holdfast.order.duplicate-requests.max-waiting, 7",
        "holdfast.order.alone.most, holdfast.order.bulkhead.max-concurrent-calls, 7",
        "holdfast.order.alone.patience, holdfast.order.bulkhead.max-wait-duration, 7s",
        "holdfast.order.sold-out.memory, holdfast.order.sold-out.time-to-live, 7s",
        "holdfast.order.sold-out.most-skus, holdfast.order.sold-out.max-skus, 7",
        "holdfast.order.admission.mend-interval, holdfast.order.admission.repair-interval, 7s",
        "holdfast.order.admission.most-buyers-remembered, holdfast.order.admission.max-buyers-remembered, 7",
        "holdfast.order.admission.sold-out-memory, holdfast.order.admission.sold-out-time-to-live, 7s",
        "holdfast.order.sale.look-interval, holdfast.order.sale.lifecycle-interval, 7s"
    })
    void aValueUnderAnOldNameBeatsTheDefault(String before, String now, String value) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .profiles("without-nacos")
                .run("--" + before + "=" + value)) {
            assertThat(Binder.get(context.getEnvironment())
                            .bind(now, String.class)
                            .get())
                    .isEqualTo(value);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
