package io.holdfast.edge.startup;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Settings without which the edge would have a gap. They come last, so that any setting of the service's own wins. */
final class EdgeDefaults implements EnvironmentPostProcessor {

    /** Where a service writes to a file of its own, that file turns over by itself. */
    private static final Map<String, Object> TO_A_FILE = Map.of(
            "logging.config", "classpath:io/holdfast/edge/logback-file.xml",
            // As they are, so that what else a process writes to the same file can still be read.
            "logging.logback.rollingpolicy.file-name-pattern", "${LOG_FILE}.%d{yyyy-MM-dd}.%i",
            "logging.logback.rollingpolicy.max-file-size", "16MB",
            "logging.logback.rollingpolicy.max-history", "7",
            "logging.logback.rollingpolicy.total-size-cap", "64MB");

    private static final Map<String, Object> DEFAULTS = Map.of(
            // Uploads are read by the server itself, past the body limit, and no service takes any.
            "spring.servlet.multipart.enabled", "false",
            // All headers together; a larger one is answered with 400 before any of it is looked at.
            "server.max-http-request-header-size", "8KB",
            // Not by the first request.
            "spring.mvc.servlet.load-on-startup", "1",
            // A description of the API is kept for each language that anybody asks for, and anybody can ask for any.
            "spring.web.locale-resolver", "fixed",
            "spring.web.locale", "en",
            // A data source is not made anew by a change of settings, nor is the one that the audit stands before.
            "spring.cloud.refresh.never-refreshable",
                    "com.zaxxer.hikari.HikariDataSource,io.holdfast.edge.audit.AuditedDataSource",
            "logging.level.com.alibaba.nacos", "warn",
            "logging.config", "classpath:io/holdfast/edge/logback.xml",
            "logging.exception-conversion-word", "%causes");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.containsProperty("logging.file.name") || environment.containsProperty("logging.file.path")) {
            environment.getPropertySources().addLast(new MapPropertySource("holdfastEdgeLogFile", TO_A_FILE));
        }
        environment.getPropertySources().addLast(new MapPropertySource("holdfastEdgeDefaults", DEFAULTS));
    }
}
