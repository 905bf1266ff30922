package io.holdfast.properties;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Lets the environment of a context understand old names of properties, and logs those in use. An application runs it by itself; tests
 * with an {@code ApplicationContextRunner} name it.
 *
 * <p>The listener has done so before, but Boot may have made another environment since, and other sources may have come first.
 */
public final class RenamedPropertiesInitializer
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        RenamedPropertySource.installIn(context.getEnvironment(), context.getClassLoader(), true);
    }
}
