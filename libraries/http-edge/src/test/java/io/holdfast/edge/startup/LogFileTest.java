package io.holdfast.edge.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

class LogFileTest {

    @TempDir
    private Path folder;

    @Test
    void aServiceThatWritesToAFileTurnsItOverByItsSize() throws Exception {
        MockEnvironment environment = new MockEnvironment().withProperty("logging.file.name", "service.log");

        new EdgeDefaults().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("logging.config")).endsWith("logback-file.xml");
        assertThat(environment.getProperty("logging.logback.rollingpolicy.max-file-size"))
                .isEqualTo("16MB");
        assertThat(environment.getProperty("logging.logback.rollingpolicy.total-size-cap"))
                .isEqualTo("64MB");
    }

    @Test
    void oneThatDoesNotWritesToTheConsole() {
        StandardEnvironment environment = new StandardEnvironment();

        new EdgeDefaults().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("logging.config")).endsWith("/logback.xml");
        assertThat(environment.containsProperty("logging.logback.rollingpolicy.max-file-size"))
                .isFalse();
    }

    @Test
    void theFileIsTurnedOverWhileTheServiceRunsAndTheTailIsWhereItWas() throws Exception {
        Path file = folder.resolve("service.log");
        LoggerContext logback = new LoggerContext();
        logback.setMDCAdapter(new LogbackMDCAdapter());
        logback.putProperty("LOG_FILE", file.toString());
        logback.putProperty("LOGBACK_ROLLINGPOLICY_FILE_NAME_PATTERN", file + ".%d{yyyy-MM-dd}.%i");
        logback.putProperty("LOGBACK_ROLLINGPOLICY_MAX_FILE_SIZE", "10KB");
        logback.putProperty("LOG_EXCEPTION_CONVERSION_WORD", "%causes");
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logback);
        configurator.doConfigure(getClass().getResource("/io/holdfast/edge/logback-file.xml"));
        try {
            Logger log = logback.getLogger("test");
            await().until(() -> {
                log.info("x".repeat(5_000));
                return files().size() >= 4;
            });
            log.info("the last one");

            assertThat(Files.readString(file)).contains("the last one");
            assertThat(files())
                    .allSatisfy(turned ->
                            assertThat(turned.getFileName().toString()).startsWith("service.log"));
        } finally {
            logback.stop();
        }
    }

    private List<Path> files() {
        try (var files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
