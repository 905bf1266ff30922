package io.holdfast.properties;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Has the new names of properties that stand under old ones in the other sources of the same environment.
 *
 * <p>It comes first and looks through the others in their order each time it is asked. So it needs no notice of sources that are added,
 * replaced or changed, and it stays silent where a source with the new name comes before every source with an old one.
 */
final class RenamedPropertySource extends EnumerablePropertySource<RenamedProperties> implements OriginLookup<String> {

    static final String NAME = "holdfastRenamedProperties";

    private static final Logger log = LoggerFactory.getLogger(RenamedPropertySource.class);

    private final MutablePropertySources sources;
    private final Iterable<ConfigurationPropertySource> adapted;
    private final boolean warns;
    private final Set<ConfigurationPropertyName> warnedOf = ConcurrentHashMap.newKeySet();
    private volatile Names names = new Names(List.of(), new String[0]);

    /** @param warns whether to log old names in use; before logging is set up that would be lost */
    RenamedPropertySource(RenamedProperties renamed, MutablePropertySources sources, boolean warns) {
        super(NAME, renamed);
        this.sources = sources;
        this.adapted = ConfigurationPropertySources.from(sources);
        this.warns = warns;
    }

    /** Makes it the first source of an environment, in place of the one that may be there. */
    static void installIn(ConfigurableEnvironment environment, @Nullable ClassLoader classPath, boolean warns) {
        RenamedProperties renamed = RenamedProperties.on(
                classPath == null ? Objects.requireNonNull(ClassUtils.getDefaultClassLoader()) : classPath);
        MutablePropertySources sources = environment.getPropertySources();
        sources.remove(NAME);
        if (renamed.isEmpty()) {
            return;
        }
        RenamedPropertySource source = new RenamedPropertySource(renamed, sources, warns);
        sources.stream()
                .filter(ConfigurationPropertySources::isAttachedConfigurationPropertySource)
                .findFirst()
                .ifPresentOrElse(
                        attached -> sources.addAfter(attached.getName(), source), () -> sources.addFirst(source));
        // Warns of what is there already.
        source.getPropertyNames();
    }

    @Override
    public @Nullable Object getProperty(String name) {
        ConfigurationProperty property = find(name);
        return property == null ? null : property.getValue();
    }

    @Override
    public @Nullable Origin getOrigin(String name) {
        ConfigurationProperty property = find(name);
        return property == null ? null : property.getOrigin();
    }

    private @Nullable ConfigurationProperty find(String name) {
        if (!source.mayBeNew(name)) {
            return null;
        }
        ConfigurationPropertyName wanted = ConfigurationPropertyName.adapt(name, '.');
        List<ConfigurationPropertyName> oldNames = source.oldNamesOf(wanted);
        if (oldNames.isEmpty()) {
            return null;
        }
        for (ConfigurationPropertySource each : adapted) {
            if (each.getUnderlyingSource() == this) {
                continue;
            }
            if (each.getConfigurationProperty(wanted) != null) {
                return null;
            }
            for (ConfigurationPropertyName old : oldNames) {
                ConfigurationProperty property = each.getConfigurationProperty(old);
                if (property != null) {
                    warnOf(old, wanted, each);
                    return property;
                }
            }
            if (hasListOf(wanted, each) || oldNames.stream().anyMatch(old -> hasListOf(old, each))) {
                // A list comes from one source as a whole: what a longer one further down has is not wanted.
                return null;
            }
        }
        return null;
    }

    /** Whether a source has the list that a name may be of, as a whole or as one of its elements. */
    private static boolean hasListOf(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        for (int element = 1; element < name.getNumberOfElements(); element++) {
            if (name.isNumericIndex(element)) {
                ConfigurationPropertyName list = name.chop(element);
                return source.getConfigurationProperty(list) != null || hasFirstOf(list, source);
            }
        }
        return hasFirstOf(name, source);
    }

    private static boolean hasFirstOf(ConfigurationPropertyName list, ConfigurationPropertySource source) {
        return source.getConfigurationProperty(list.append("[0]")) != null;
    }

    /** Asked for every property of the environment, so it does no more than to see whether anything has changed. */
    @Override
    public String[] getPropertyNames() {
        List<Object> state = stateOfSources();
        Names known = names;
        if (!known.holdFor(state)) {
            known = new Names(state, newNamesInUse());
            names = known;
        }
        return known.names;
    }

    /** The sources, and of those that can change in place also the names in them. */
    private List<Object> stateOfSources() {
        List<Object> state = new ArrayList<>();
        for (PropertySource<?> each : sources) {
            if (each != this
                    && each instanceof EnumerablePropertySource<?> enumerable
                    && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(each)) {
                state.add(each);
                if (!isImmutable(enumerable)) {
                    state.add(Arrays.asList(enumerable.getPropertyNames()));
                }
            }
        }
        return state;
    }

    private static boolean isImmutable(PropertySource<?> source) {
        return source instanceof PropertySourceInfo info && info.isImmutable()
                || source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private String[] newNamesInUse() {
        Set<String> found = new LinkedHashSet<>();
        for (ConfigurationPropertySource each : adapted) {
            if (each.getUnderlyingSource() != this && each instanceof IterableConfigurationPropertySource iterable) {
                for (ConfigurationPropertyName old : iterable) {
                    ConfigurationPropertyName renamed = source.newNameOf(old);
                    if (renamed != null) {
                        warnOf(old, renamed, each);
                        found.add(renamed.toString());
                    }
                }
            }
        }
        // Not where the new name, or another list, comes first.
        found.removeIf(name -> find(name) == null);
        return found.toArray(String[]::new);
    }

    private void warnOf(
            ConfigurationPropertyName old, ConfigurationPropertyName renamed, ConfigurationPropertySource in) {
        if (warns && warnedOf.add(old)) {
            log.warn(
                    "Property {} is called {} now. Rename it in {}: the next release will not know the old name",
                    old,
                    renamed,
                    in.getUnderlyingSource() instanceof PropertySource<?> where ? where.getName() : "its source");
        }
    }

    /** What was found when the sources were in a state. */
    private record Names(List<Object> state, String[] names) {

        /** Sources are compared by identity: those that replace others have the same name, and are equal by that. */
        boolean holdFor(List<Object> now) {
            if (now.size() != state.size()) {
                return false;
            }
            for (int i = 0; i < now.size(); i++) {
                Object left = state.get(i);
                Object right = now.get(i);
                if (left != right && !(left instanceof List<?> && left.equals(right))) {
                    return false;
                }
            }
            return true;
        }
    }
}
