package io.holdfast.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** With the list in this module's test resources. */
@ExtendWith(OutputCaptureExtension.class)
class RenamedPropertiesOfAnApplicationTest {

    private static final String OLD = "holdfast.shop.most-lines";
    private static final String NEW = "holdfast.shop.max-lines";

    @TempDir
    private Path folder;

    private ConfigurableApplicationContext context;

    @AfterEach
    void stop() {
        if (context != null) {
            context.close();
        }
    }

    @ConfigurationProperties("holdfast.shop")
    record ShopProperties(
            @DefaultValue("1") int maxLines,
            @DefaultValue("1m") String repairInterval,
            @DefaultValue Repairs repairs,
            @DefaultValue Map<String, String> colours,
            @DefaultValue List<String> origins) {

        record Repairs(
                @DefaultValue("true") boolean enabled,
                @DefaultValue("0") int firstDelay,
                @DefaultValue Map<String, Integer> perKind) {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableConfigurationProperties(ShopProperties.class)
    static class Shop {

        @Bean
        LiveProperties<ShopProperties> live(ConfigurableEnvironment environment) {
            return LiveProperties.of(environment, "holdfast.shop", ShopProperties.class);
        }

        @Bean
        String injected(@Value("${holdfast.shop.max-lines:none}") String lines) {
            return lines;
        }
    }

    @Test
    void aValueUnderTheOldNameIsTakenAndOneWarningSaysSo(CapturedOutput output) {
        start(Map.of(OLD, "7"));

        assertThat(bound().maxLines()).isEqualTo(7);
        assertThat(context.getBean("injected")).isEqualTo("7");
        assertThat(context.getEnvironment().getProperty("holdfast.shop.maxLines"))
                .as("asked for by another spelling")
                .isEqualTo("7");
        assertThat(warnings(output)).singleElement().asString().contains("WARN", OLD, NEW, "application.properties");
    }

    @Test
    void withoutOldNamesNothingIsSaid(CapturedOutput output) {
        start(Map.of(NEW, "7"));

        assertThat(bound().maxLines()).isEqualTo(7);
        assertThat(warnings(output)).isEmpty();
    }

    @Test
    void aPrefixTakesAlongAllBelowItAndAMoreSpecificLineWins() {
        start(Map.of(
                "holdfast.shop.mends.enabled", "false",
                "holdfast.shop.mends.first-delay", "3",
                "holdfast.shop.mends.per-kind.stock", "5",
                "holdfast.shop.mends.every", "9m"));

        assertThat(bound().repairs()).isEqualTo(new ShopProperties.Repairs(false, 3, Map.of("stock", 5)));
        assertThat(bound().repairInterval()).isEqualTo("9m");
    }

    @Test
    void theNewNameWinsInTheSameSource() {
        start(Map.of(OLD, "7", NEW, "8"));

        assertThat(bound().maxLines()).isEqualTo(8);
    }

    @Test
    void theOldNameInAStrongerSourceWinsOverTheNewOneInAWeaker() {
        start(Map.of(NEW, "8"), "--" + OLD + "=7");

        assertThat(bound().maxLines()).isEqualTo(7);
    }

    @Test
    void theNewNameInAStrongerSourceWinsOverTheOldOneInAWeaker() {
        start(Map.of(OLD, "8"), "--" + NEW + "=7");

        assertThat(bound().maxLines()).isEqualTo(7);
    }

    @Test
    void aVariableOfTheOperatingSystemIsUnderstoodAsWell(CapturedOutput output) {
        start(Map.of(NEW, "8"));
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        sources.addBefore(
                "systemEnvironment",
                new SystemEnvironmentPropertySource(
                        "test-systemEnvironment",
                        Map.of("HOLDFAST_SHOP_MOSTLINES", "7", "HOLDFAST_SHOP_MENDS_FIRSTDELAY", "3")));

        assertThat(live().refresh()).isTrue();
        assertThat(live().current().maxLines()).isEqualTo(7);
        assertThat(live().current().repairs().firstDelay()).isEqualTo(3);
        assertThat(warnings(output)).hasSize(2);
    }

    @Test
    void aListComesFromOneSourceAsAWhole() {
        start(
                Map.of(
                        "holdfast.shop.friends[0]", "a",
                        "holdfast.shop.friends[1]", "b",
                        "holdfast.shop.friends[2]", "c"),
                "--holdfast.shop.friends[0]=x",
                "--holdfast.shop.friends[1]=y");

        assertThat(bound().origins()).containsExactly("x", "y");
    }

    @Test
    void aListUnderTheNewNameInAStrongerSourceReplacesALongerOneUnderTheOld() {
        start(Map.of("holdfast.shop.friends[0]", "a", "holdfast.shop.friends[1]", "b"), "--holdfast.shop.origins[0]=x");

        assertThat(bound().origins()).containsExactly("x");
    }

    @Test
    void elementsInAStrongerSourceReplaceAListInOneValue() {
        start(Map.of("holdfast.shop.friends", "a,b"), "--holdfast.shop.friends[0]=x");

        assertThat(bound().origins()).containsExactly("x");
    }

    @Test
    void aSourceThatComesLaterIsReadToo(CapturedOutput output) {
        start(Map.of(NEW, "8"));
        Map<String, Object> later = new HashMap<>();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("later", later));

        later.put(OLD, "7");
        assertThat(live().refresh()).isTrue();
        assertThat(live().current().maxLines()).isEqualTo(7);
        later.put(OLD, "6");
        assertThat(live().refresh()).isTrue();
        assertThat(live().current().maxLines()).isEqualTo(6);
        later.put(NEW, "5");
        assertThat(live().refresh()).isTrue();
        assertThat(live().current().maxLines()).isEqualTo(5);
        later.clear();
        assertThat(live().refresh()).isTrue();
        assertThat(live().current().maxLines()).isEqualTo(8);
        assertThat(warnings(output)).hasSize(1);
    }

    @Test
    void aFileThatChangesIsReadAgainWhenSpringCloudRefreshes() {
        start(Map.of(OLD, "7"), "--spring.application.name=shop");

        write(Map.of(OLD, "6", "holdfast.shop.mends.first-delay", "2"));
        assertThat(context.getBean(ContextRefresher.class).refresh())
                .contains(NEW, "holdfast.shop.repairs.first-delay");
        assertThat(live().current().maxLines()).isEqualTo(6);
        assertThat(live().current().repairs().firstDelay()).isEqualTo(2);

        write(Map.of(NEW, "5", OLD, "4"));
        context.getBean(ContextRefresher.class).refresh();
        assertThat(live().current().maxLines()).isEqualTo(5);

        // Not empty: Spring Cloud keeps a source that is gone.
        write(Map.of("holdfast.other", "1"));
        context.getBean(ContextRefresher.class).refresh();
        assertThat(live().current().maxLines()).isEqualTo(1);
        assertThat(live().current().repairs().firstDelay()).isZero();
    }

    @Test
    void whereAValueComesFromIsKnown() {
        start(Map.of(OLD, "7"));

        assertThat(OriginLookup.getOrigin(
                        context.getEnvironment().getPropertySources().get(RenamedPropertySource.NAME), NEW))
                .asString()
                .contains("application.properties");
    }

    @Test
    void aPlaceholderInAnOldValueIsResolved() {
        start(Map.of(OLD, "${lines.of.all}", "lines.of.all", "7"));

        assertThat(bound().maxLines()).isEqualTo(7);
    }

    @Test
    void aRunnerOfTestsUnderstandsOldNamesWithTheInitializer() {
        new ApplicationContextRunner()
                .withInitializer(new RenamedPropertiesInitializer())
                .withUserConfiguration(Shop.class)
                .withPropertyValues(OLD + "=7")
                .run(context -> assertThat(context.getBean(ShopProperties.class).maxLines())
                        .isEqualTo(7));
    }

    private void start(Map<String, String> properties, String... arguments) {
        write(properties);
        SpringApplication application = new SpringApplication(Shop.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        String[] all = new String[arguments.length + 1];
        all[0] = "--spring.config.location=" + folder + "/application.properties";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        context = application.run(all);
    }

    private void write(Map<String, String> properties) {
        try {
            Files.write(
                    folder.resolve("application.properties"),
                    properties.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ShopProperties bound() {
        return context.getBean(ShopProperties.class);
    }

    @SuppressWarnings("unchecked")
    private LiveProperties<ShopProperties> live() {
        return context.getBean(LiveProperties.class);
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("is called"))
                .toList();
    }
}
