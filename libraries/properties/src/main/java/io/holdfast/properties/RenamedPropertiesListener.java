package io.holdfast.properties;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Lets the environment of an application understand old names of properties from the first moment on.
 *
 * <p>Not an {@code EnvironmentPostProcessor}: Spring Cloud runs those again, at each change of properties, on a passing copy of the
 * environment, and takes over what they add. This listener runs before them, so that they see the new names too.
 */
final class RenamedPropertiesListener implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    @Override
    public int getOrder() {
        // Boot's listener that runs the post-processors is the tenth.
        return Ordered.HIGHEST_PRECEDENCE + 9;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        RenamedPropertySource.installIn(
                event.getEnvironment(), event.getSpringApplication().getClassLoader(), false);
    }
}
