package io.holdfast.edge.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

@ExtendWith(OutputCaptureExtension.class)
class RemoteAccessGuardTest {

    private static final String FROM_NACOS = "DEFAULT_GROUP@order-svc.yaml";

    private final RemoteAccessGuard guard = new RemoteAccessGuard(destination -> destination.get());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast.access.users.keys",
                "holdfast.access.users.issuer",
                "holdfast.access.users.roles-claim",
                "holdfast.access.people.keys",
                "holdfast.access.people.issuer",
                "holdfast.access.people.roles-claim",
                "holdfast.access.callers.evil-svc",
                "holdfast.access.callers[evil-svc]",
                "holdfast.access.service-paths[0]",
                "HoldFast.ACCESS.people.keys",
                "hold-fast.access.users.keys",
                "HOLDFAST_TOKEN_KEYS",
                "HOLDFAST_TOKEN_AUDIENCE",
                "spring.autoconfigure.exclude",
                "spring.main.sources",
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri"
            })
    void anAccessSettingFromARegistryKeepsTheServiceFromStartingAndIsNamed(String name) {
        for (PropertySource<?> remote :
                new PropertySource<?>[] {asNacosMakesThem(Map.of(name, "http://127.0.0.1:1/")), ofAnotherKind(name)}) {
            ConfigurableEnvironment environment = with(remote);

            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> guard.postProcessEnvironment(environment, new SpringApplication()))
                    .withMessageContaining("does not start")
                    .withMessageContaining(name + " in " + remote.getName());
        }
    }

    @Test
    void aDocumentWhoseOriginIsNoFileIsARegistrysToo() throws IOException {
        ConfigurableEnvironment environment = with(yaml(new ByteArrayResource(
                "holdfast: {access: {users: {issuer: https://evil}}}".getBytes(StandardCharsets.UTF_8), "remote")));

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> guard.postProcessEnvironment(environment, new SpringApplication()));
    }

    @Test
    void filesTheEnvironmentTheCommandLineAndTestsMaySetThem(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "holdfast.access.users.issuer: https://issuer");
        ConfigurableEnvironment environment = with(yaml(new FileSystemResource(file)));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "Inlined Test Properties", Map.of("holdfast.access.users.audience", "holdfast")));

        assertThatCode(() -> guard.postProcessEnvironment(environment, new SpringApplication()))
                .doesNotThrowAnyException();
    }

    @Test
    void everythingElseMayComeFromARegistry() {
        ConfigurableEnvironment environment = with(asNacosMakesThem(Map.of(
                "holdfast.order.limits.max-lines", "7", "logging.level.root", "warn", "holdfast.accessory", "x")));

        guard.postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("holdfast.order.limits.max-lines")).isEqualTo("7");
    }

    @Test
    void oneThatComesWhileTheServiceRunsIsLeftOutWithAnErrorAndTheRestIsTaken(CapturedOutput output) {
        ConfigurableEnvironment environment = with(asNacosMakesThem(
                Map.of("holdfast.access.people.keys", "http://127.0.0.1:1/", "holdfast.order.limits.max-lines", "7")));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("ours", Map.of("holdfast.access.people.keys", "k")));
        SpringApplication service = new SpringApplication();
        guard.postProcessEnvironment(new StandardEnvironment(), service);

        guard.postProcessEnvironment(environment, service);

        assertThat(environment.getProperty("holdfast.access.people.keys")).isEqualTo("k");
        assertThat(environment.getProperty("holdfast.order.limits.max-lines")).isEqualTo("7");
        assertThat(((EnumerablePropertySource<?>)
                                environment.getPropertySources().get(FROM_NACOS))
                        .getPropertyNames())
                .containsExactly("holdfast.order.limits.max-lines");
        assertThat(output).contains("Left out", "holdfast.access.people.keys in " + FROM_NACOS);
    }

    @Test
    void aServiceIsGuardedWithoutAskingForIt() {
        SpringApplication application = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .environment(with(asNacosMakesThem(Map.of("holdfast.access.people.issuer", "https://evil"))))
                .build();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(application::run)
                .withMessageContaining("holdfast.access.people.issuer in " + FROM_NACOS);
    }

    @Test
    void oldNamesWhereTheServiceRunsAreTakenAndWarnedOf(CapturedOutput output) {
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run("--holdfast.access.people.issuer=https://old.example", "--holdfast.edge.body-within=7s")) {
            assertThat(service.getEnvironment().getProperty("holdfast.access.users.issuer"))
                    .isEqualTo("https://old.example");
            assertThat(service.getEnvironment().getProperty("holdfast.edge.body-timeout"))
                    .isEqualTo("7s");
        }
        assertThat(output)
                .contains("holdfast.access.people.issuer is called holdfast.access.users.issuer now")
                .contains("holdfast.edge.body-within is called holdfast.edge.body-timeout now");
    }

    @Test
    void anOldNameFromARegistryIsNoWayAround() {
        SpringApplication application = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .environment(with(asNacosMakesThem(Map.of("holdfast.access.people.keys", "http://127.0.0.1:1/"))))
                .build();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(application::run)
                .withMessageContaining("holdfast.access.people.keys in " + FROM_NACOS);
    }

    static class Nothing {}

    private static ConfigurableEnvironment with(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addLast(source);
        return environment;
    }

    private static PropertySource<?> yaml(Resource resource) throws IOException {
        return new YamlPropertySourceLoader().load("document", resource).get(0);
    }

    /** A map without origins, whatever the document was. */
    private static PropertySource<?> asNacosMakesThem(Map<String, String> settings) {
        return new OriginTrackedMapPropertySource(FROM_NACOS, settings, true);
    }

    private static PropertySource<?> ofAnotherKind(String setting) {
        return new EnumerablePropertySource<>("consul", new Object()) {
            @Override
            public String[] getPropertyNames() {
                return new String[] {setting};
            }

            @Override
            public Object getProperty(String asked) {
                return asked.equals(setting) ? "http://127.0.0.1:1/" : null;
            }
        };
    }
}
