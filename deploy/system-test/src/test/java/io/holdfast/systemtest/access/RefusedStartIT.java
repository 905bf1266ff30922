package io.holdfast.systemtest.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The services' own jars, started with a secret missing. */
@OnThePlatform
@Order(13)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedStartIT {

    private static final Map<String, List<String>> SECRETS = Map.of(
            "order-svc",
            List.of("HOLDFAST_DB_PASSWORD", "HOLDFAST_NACOS_PASSWORD", "HOLDFAST_TOKEN_ISSUER", "HOLDFAST_SERVICE_KEY"),
            "stock-svc",
            List.of(
                    "HOLDFAST_DB_PASSWORD",
                    "HOLDFAST_NACOS_PASSWORD",
                    "HOLDFAST_TOKEN_ISSUER",
                    "HOLDFAST_ORDER_SVC_KEYS"),
            "payment-svc",
            List.of(
                    "HOLDFAST_DB_PASSWORD",
                    "HOLDFAST_NACOS_PASSWORD",
                    "HOLDFAST_TOKEN_ISSUER",
                    "HOLDFAST_ORDER_SVC_KEYS",
                    "HOLDFAST_SERVICE_KEY"),
            "gateway-sandbox",
            List.of("HOLDFAST_DB_PASSWORD", "HOLDFAST_TOKEN_ISSUER", "HOLDFAST_PAYMENT_SVC_KEYS"));

    /** One for each processor of a small machine. */
    private static final int AT_ONCE = 2;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private record Ended(int code, String output) {}

    private final Platform platform;
    private final ExecutorService starts = Executors.newFixedThreadPool(AT_ONCE);
    private final Map<String, Future<Ended>> ends = new HashMap<>();

    RefusedStartIT(Platform platform) {
        this.platform = platform;
    }

    static Stream<Arguments> missing() {
        return SECRETS.entrySet().stream()
                .flatMap(service -> service.getValue().stream().map(secret -> Arguments.of(service.getKey(), secret)));
    }

    /** Ahead of the tests that look at them: they have nothing to do with each other. */
    @BeforeAll
    void startAll() {
        SECRETS.forEach((service, secrets) -> secrets.forEach(
                secret -> ends.put(service + " " + secret, starts.submit(() -> start(service, secret)))));
    }

    @AfterAll
    void endAll() {
        starts.shutdownNow();
    }

    @ParameterizedTest(name = "{0} without {1}")
    @MethodSource("missing")
    void aServiceWithoutOneOfItsSecretsSaysWhichAndDoesNotStart(String service, String secret) throws Exception {
        Ended ended = ends.get(service + " " + secret).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output().lines()).as(ended.output()).hasSize(1);
        assertThat(ended.output()).startsWith(service + " does not start").contains(secret);
    }

    private Ended start(String service, String secret) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        SECRETS.get(service).forEach(name -> environment.put(name, "something"));
        environment.put(secret, " ");
        Path jar = platform.programs()
                .filter(program -> program.name().equals(service))
                .findFirst()
                .orElseThrow()
                .jar();
        assertThat(jar).exists();
        Process process = process(jar, environment);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process process(Path jar, Map<String, String> environment) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-jar", jar.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        return builder.directory(new File(System.getProperty("java.io.tmpdir")))
                .redirectErrorStream(true)
                .start();
    }
}
