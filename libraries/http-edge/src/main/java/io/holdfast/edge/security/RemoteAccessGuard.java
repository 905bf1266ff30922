package io.holdfast.edge.security;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import org.apache.commons.logging.Log;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.util.ResourceUtils;

/**
 * Keeps access settings local. They come from the files, the environment and the command line of a service, never from a registry or a
 * configuration server: those override files, and whoever can write there would choose whose tokens are accepted. A service that finds
 * such a setting there does not start. A setting that arrives while the service runs is ignored, and an error is logged; the rest of
 * what was saved is applied.
 */
final class RemoteAccessGuard implements EnvironmentPostProcessor, Ordered {

    /** What says who gets in, and what would do without it: auto-configurations, or the application as a whole, can be left out. */
    private static final List<ConfigurationPropertyName> KEPT = List.of(
            ConfigurationPropertyName.of("holdfast.access"),
            ConfigurationPropertyName.of("spring.autoconfigure"),
            ConfigurationPropertyName.of("spring.main"),
            ConfigurationPropertyName.of("spring.security"));

    /** The variables that the files refer to. */
    private static final String VARIABLES = "HOLDFAST_";

    /** It shows under new names what other sources have under old ones. Those sources are checked themselves. */
    private static final String RENAMED = "holdfastRenamedProperties";

    /**
     * What has been started. Spring Cloud reads the settings anew in a service that runs by calling everybody who has a say in the
     * environment once more, with a copy of it and with the application of the start.
     */
    private static final Set<SpringApplication> STARTED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final Log log;

    RemoteAccessGuard(DeferredLogFactory logs) {
        this.log = logs.getLog(RemoteAccessGuard.class);
    }

    /** After all sources are there. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean live = application == null || !STARTED.add(application);
        for (PropertySource<?> source :
                environment.getPropertySources().stream().toList()) {
            Set<String> foreign = foreignIn(source);
            if (foreign.isEmpty()) {
                continue;
            }
            String what = String.join(", ", foreign) + " in " + source.getName();
            if (!live) {
                throw new IllegalStateException(
                        "This service does not start: who may do what is set where it runs, in its"
                                + " files and its environment, and nowhere else, and here is " + what
                                + ". Take it out there, and find out who saved it");
            }
            log.error("Left out, because who may do what is set where the service runs and nowhere else: " + what
                    + ". Take it out there, and find out who saved it: with it this service will not start again");
            environment
                    .getPropertySources()
                    .replace(source.getName(), new Without((EnumerablePropertySource<?>) source, foreign));
        }
    }

    private static Set<String> foreignIn(PropertySource<?> source) {
        Set<String> names = new TreeSet<>();
        if (source instanceof EnumerablePropertySource<?> enumerable
                && !source.getName().equals(RENAMED)) {
            for (String name : enumerable.getPropertyNames()) {
                if (isKept(name) && !isLocal(source, name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static boolean isKept(String name) {
        if (name.toUpperCase(Locale.ROOT).startsWith(VARIABLES)) {
            return true;
        }
        // As the binder reads it: any case, with and without dashes.
        ConfigurationPropertyName read = ConfigurationPropertyName.adapt(name, '.');
        return KEPT.stream().anyMatch(kept -> kept.equals(read) || kept.isAncestorOf(read));
    }

    /** Files, and what the process was started with. Remote settings have other property sources, or an origin that is no file. */
    private static boolean isLocal(PropertySource<?> source, String name) {
        Origin origin = OriginLookup.getOrigin(source, name);
        if (origin instanceof TextResourceOrigin text) {
            return isLocal(text.getResource());
        }
        String type = source.getClass().getName();
        return !(source instanceof OriginTrackedMapPropertySource)
                && (type.startsWith("org.springframework.core.")
                        || type.startsWith("org.springframework.boot.")
                        || type.startsWith("org.springframework.test.")
                        || type.startsWith("org.springframework.web."))
                && !source.getName().startsWith("bootstrapProperties");
    }

    private static boolean isLocal(Resource resource) {
        if (resource instanceof ClassPathResource || resource != null && resource.isFile()) {
            return true;
        }
        try {
            return resource != null && ResourceUtils.isJarURL(resource.getURL());
        } catch (IOException hasNone) {
            return false;
        }
    }

    /** A source without some of its properties. */
    private static final class Without extends EnumerablePropertySource<EnumerablePropertySource<?>> {

        private final Set<String> left;

        Without(EnumerablePropertySource<?> source, Set<String> left) {
            super(source.getName(), source);
            this.left = left;
        }

        @Override
        public String[] getPropertyNames() {
            return Arrays.stream(source.getPropertyNames())
                    .filter(name -> !left.contains(name))
                    .toArray(String[]::new);
        }

        @Override
        public Object getProperty(String name) {
            return left.contains(name) ? null : source.getProperty(name);
        }
    }
}
