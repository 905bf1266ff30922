package io.holdfast.edge;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Settings without which the edge would have a gap. They come last, so that any setting of the service's own wins. */
final class EdgeDefaults implements EnvironmentPostProcessor {

    private static final Map<String, Object> DEFAULTS = Map.of(
            // Uploads are read by the server itself, past the body limit, and no service takes any.
            "spring.servlet.multipart.enabled", "false",
            // All headers together; a larger one is answered with 400 before any of it is looked at.
            "server.max-http-request-header-size", "8KB",
            // Not by the first request.
            "spring.mvc.servlet.load-on-startup", "1",
            "logging.level.com.alibaba.nacos", "warn",
            "logging.config", "classpath:io/holdfast/edge/logback.xml",
            "logging.exception-conversion-word", "%causes");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("holdfastEdgeDefaults", DEFAULTS));
    }
}
