package io.holdfast.edge;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Settings without which the edge would have a gap. They come last, so that any setting of the service's own wins. */
final class EdgeDefaults implements EnvironmentPostProcessor {

    // Uploads are read by the server itself, past the body limit, and no service takes any.
    private static final Map<String, Object> DEFAULTS = Map.of("spring.servlet.multipart.enabled", "false");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("holdfastEdgeDefaults", DEFAULTS));
    }
}
