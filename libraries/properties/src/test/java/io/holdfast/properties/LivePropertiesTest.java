package io.holdfast.properties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Max;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.validation.annotation.Validated;

@ExtendWith(OutputCaptureExtension.class)
class LivePropertiesTest {

    private static final String PREFIX = "shop.limits";

    private final Map<String, Object> values = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();

    LivePropertiesTest() {
        environment.getPropertySources().addFirst(new MapPropertySource("live", values));
    }

    @Validated
    record Limits(
            @DefaultValue("200") @Max(500) int maxLines,
            @DefaultValue("2s") Duration patience) {

        Limits {
            if (patience.isNegative()) {
                throw new IllegalArgumentException("patience must not be negative");
            }
        }
    }

    @Test
    void aChangeIsObeyedAndLoggedInOneLineWithWhatWasBefore(CapturedOutput output) {
        LiveProperties<Limits> limits = limits();
        assertThat(limits.current()).isEqualTo(new Limits(200, Duration.ofSeconds(2)));

        values.put(PREFIX + ".max-lines", "7");

        assertThat(limits.refresh()).isTrue();
        assertThat(limits.current().maxLines()).isEqualTo(7);
        assertThat(output.getOut().lines())
                .filteredOn(line -> line.contains("maxLines=7"))
                .singleElement()
                .asString()
                .contains("INFO", PREFIX, "before", "maxLines=200");
    }

    @Test
    void withoutAValueTheDefaultIsInForceAgain() {
        values.put(PREFIX + ".max-lines", "7");
        LiveProperties<Limits> limits = limits();
        values.clear();

        assertThat(limits.refresh()).isTrue();
        assertThat(limits.current().maxLines()).isEqualTo(200);
    }

    @Test
    void whatIsReadAgainUnchangedIsNotLogged(CapturedOutput output) {
        assertThat(limits().refresh()).isFalse();
        assertThat(output).doesNotContain("before");
    }

    @ParameterizedTest
    @CsvSource({
        "max-lines, many, many",
        "max-lines, '', ''",
        "max-lines, 501, must be less than or equal to 500",
        "patience, -1s, patience must not be negative"
    })
    void aWrongValueIsRefusedAsAnErrorAndTheLastGoodOneStays(
            String name, String value, String reason, CapturedOutput output) {
        values.put(PREFIX + ".max-lines", "7");
        LiveProperties<Limits> limits = limits();
        Limits good = limits.current();

        values.put(PREFIX + "." + name, value);

        assertThat(limits.refresh()).isFalse();
        assertThat(limits.current()).isSameAs(good);
        assertThat(output).contains("ERROR", "are refused", "maxLines=7", reason);
    }

    @Test
    void aServiceWithWrongValuesDoesNotStart() {
        values.put(PREFIX + ".patience", "-1s");

        assertThatThrownBy(this::limits).hasStackTraceContaining("patience must not be negative");
    }

    @Test
    void aTypeThatKnowsNothingOfPropertiesIsMadeOfOneThatDoes() {
        LiveProperties<String> lines =
                LiveProperties.of(environment, PREFIX, Limits.class, limits -> "up to " + limits.maxLines());
        values.put(PREFIX + ".max-lines", "7");

        assertThat(lines.refresh()).isTrue();
        assertThat(lines.current()).isEqualTo("up to 7");
    }

    @Test
    void aValueCanBeReadFromAnywhere(CapturedOutput output) {
        values.put("a", "1");
        LiveProperties<Integer> sum = LiveProperties.reading(
                "sum", () -> environment.getProperty("a", int.class, 0) + environment.getProperty("b", int.class, 0));
        values.put("b", "2");
        assertThat(sum.refresh()).isTrue();
        values.put("b", "x");
        assertThat(sum.refresh()).isFalse();

        assertThat(sum.current()).isEqualTo(3);
        assertThat(output).contains("The new values of sum are refused, 3 stay in force");
    }

    @Test
    void onlyAChangeUnderItsPrefixConcernsIt() {
        LiveProperties<Limits> limits = limits();
        values.put(PREFIX + ".max-lines", "7");

        limits.changed(Set.of("logging.level.root"));
        assertThat(limits.current().maxLines()).isEqualTo(200);

        limits.changed(Set.of("logging.level.root", PREFIX + ".max-lines"));
        assertThat(limits.current().maxLines()).isEqualTo(7);
    }

    @Test
    void asABeanItFollowsTheChangesThatSpringCloudAnnounces() {
        runner().run(context -> {
            LiveProperties<?> limits = context.getBean(LiveProperties.class);
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("live", values));
            values.put(PREFIX + ".max-lines", "7");

            context.publishEvent(new EnvironmentChangeEvent(context, Set.of(PREFIX + ".max-lines")));

            assertThat(limits.current()).isEqualTo(new Limits(7, Duration.ofSeconds(2)));
        });
    }

    @Test
    void withoutSpringCloudItKeepsWhatItWasStartedWith() {
        runner().withClassLoader(new FilteredClassLoader(EnvironmentChangeEvent.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(LiveProperties.class)
                        .doesNotHaveBean(LivePropertiesAutoConfiguration.class));
    }

    private static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LivePropertiesAutoConfiguration.class))
                .withUserConfiguration(Shop.class);
    }

    private LiveProperties<Limits> limits() {
        return LiveProperties.of(environment, PREFIX, Limits.class);
    }

    @Configuration(proxyBeanMethods = false)
    static class Shop {

        @Bean
        LiveProperties<Limits> limits(ConfigurableEnvironment environment) {
            return LiveProperties.of(environment, PREFIX, Limits.class);
        }
    }
}
