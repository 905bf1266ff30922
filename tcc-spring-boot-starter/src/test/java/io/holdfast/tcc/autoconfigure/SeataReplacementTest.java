package io.holdfast.tcc.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What of Seata's own starter gives way, and which of its settings come with this one. */
class SeataReplacementTest {

    private static final String SEATA_FENCE =
            "org.apache.seata.spring.boot.autoconfigure.SeataSpringFenceAutoConfiguration";
    private static final String SEATA_HTTP = "org.apache.seata.spring.boot.autoconfigure.SeataHttpAutoConfiguration";
    private static final String SEATA = "org.apache.seata.spring.boot.autoconfigure.SeataAutoConfiguration";

    @ParameterizedTest
    @ValueSource(strings = {SEATA_FENCE, SEATA_HTTP, SEATA, "org.apache.seata.rm.fence.SpringFenceHandler"})
    void the_classes_of_seata_still_have_these_names(String name) throws ClassNotFoundException {
        assertThat(Class.forName(name, false, getClass().getClassLoader())).isNotNull();
    }

    @Test
    void the_fence_and_the_web_interceptor_of_seata_are_kept_out_and_nothing_else() {
        assertThat(match(Map.of(), SEATA_FENCE, SEATA, SEATA_HTTP, null)).containsExactly(false, true, false, true);
    }

    @Test
    void switched_off_it_keeps_nothing_out() {
        assertThat(match(Map.of("holdfast.tcc.enabled", "false"), SEATA_FENCE, SEATA, SEATA_HTTP))
                .containsExactly(true, true, true);
    }

    @Test
    void spring_boot_knows_the_filter() {
        List<AutoConfigurationImportFilter> filters =
                SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class);

        assertThat(filters).hasAtLeastOneElementOfType(SeataAutoConfigurationFilter.class);
    }

    @Test
    void an_application_starts_with_the_settings_of_seata_that_tcc_needs() {
        try (ConfigurableApplicationContext application = start()) {
            ConfigurableEnvironment environment = application.getEnvironment();
            assertThat(environment.getProperty("seata.enable-auto-data-source-proxy"))
                    .isEqualTo("false");
            assertThat(environment.getProperty("seata.transport.thread-factory.worker-thread-size"))
                    .isEqualTo("64");
            assertThat(environment.getProperty("seata.transport.enable-rm-client-batch-send-request"))
                    .isEqualTo("false");
        }
    }

    @Test
    void a_setting_of_the_applications_own_wins() {
        try (ConfigurableApplicationContext application =
                start("--seata.transport.thread-factory.worker-thread-size=16")) {
            assertThat(application.getEnvironment().getProperty("seata.transport.thread-factory.worker-thread-size"))
                    .isEqualTo("16");
        }
    }

    private static boolean[] match(Map<String, Object> settings, String... candidates) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        SeataAutoConfigurationFilter filter = new SeataAutoConfigurationFilter();
        filter.setEnvironment(environment);
        return filter.match(candidates, null);
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
