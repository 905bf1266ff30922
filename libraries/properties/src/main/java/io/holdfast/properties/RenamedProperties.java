package io.holdfast.properties;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.io.UrlResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/** Which properties have another name now. A renamed property takes along everything below it. */
final class RenamedProperties {

    static final String RESOURCE = "META-INF/holdfast/renamed.properties";

    private static final String BELOW = ".*";

    private final Map<ConfigurationPropertyName, ConfigurationPropertyName> newNames = new HashMap<>();
    private final Map<ConfigurationPropertyName, List<ConfigurationPropertyName>> oldNames = new HashMap<>();
    private final Set<String> firstElements;

    /** @throws IllegalArgumentException if a name is invalid, renamed twice, or renamed to one that is renamed itself */
    RenamedProperties(Map<String, String> newNamesByOld) {
        newNamesByOld.forEach((from, to) -> {
            if (from.endsWith(BELOW) != to.endsWith(BELOW)) {
                throw new IllegalArgumentException("Either both names end with '.*' or none does: " + from + "=" + to);
            }
            put(nameOf(from), nameOf(to));
        });
        newNames.forEach((from, to) -> {
            if (newNameOf(to) != null) {
                throw new IllegalArgumentException(from + " is renamed to " + to + ", which is renamed itself");
            }
        });
        firstElements = oldNames.keySet().stream()
                .map(name -> name.getElement(0, ConfigurationPropertyName.Form.ORIGINAL))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Of all jars on the class path. */
    static RenamedProperties on(ClassLoader classPath) {
        Map<String, String> all = new HashMap<>();
        try {
            for (URL list : Collections.list(classPath.getResources(RESOURCE))) {
                Properties properties = PropertiesLoaderUtils.loadProperties(new UrlResource(list));
                for (String from : properties.stringPropertyNames()) {
                    String to = properties.getProperty(from).strip();
                    String other = all.putIfAbsent(from, to);
                    if (other != null && !other.equals(to)) {
                        throw new IllegalArgumentException(
                                "%s is renamed to %s and, in %s, to %s".formatted(from, other, list, to));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RenamedProperties(all);
    }

    private static ConfigurationPropertyName nameOf(String written) {
        return ConfigurationPropertyName.of(
                written.endsWith(BELOW) ? written.substring(0, written.length() - BELOW.length()) : written);
    }

    private void put(ConfigurationPropertyName from, ConfigurationPropertyName to) {
        ConfigurationPropertyName other = newNames.putIfAbsent(from, to);
        if (other != null && !other.equals(to)) {
            throw new IllegalArgumentException(from + " is renamed to " + other + " and to " + to);
        }
        if (other == null) {
            oldNames.computeIfAbsent(to, first -> new ArrayList<>()).add(from);
        }
    }

    boolean isEmpty() {
        return newNames.isEmpty();
    }

    /** Whether a name may be a new one; cheap, because it is asked for every property. */
    boolean mayBeNew(String name) {
        int end = name.indexOf('.');
        return end > 0 && firstElements.contains(name.substring(0, end));
    }

    /** @return null if the name is no old one */
    @Nullable
    ConfigurationPropertyName newNameOf(ConfigurationPropertyName old) {
        ConfigurationPropertyName renamed = nearest(old, newNames::containsKey);
        return renamed == null ? null : moved(old, renamed, newNames.get(renamed));
    }

    /** @return the names that a property had before; none if it was not renamed */
    List<ConfigurationPropertyName> oldNamesOf(ConfigurationPropertyName name) {
        List<ConfigurationPropertyName> found = new ArrayList<>();
        for (ConfigurationPropertyName at = name; !at.isEmpty(); at = at.getParent()) {
            for (ConfigurationPropertyName from : oldNames.getOrDefault(at, List.of())) {
                ConfigurationPropertyName old = moved(name, at, from);
                // A more specific line may send that old name elsewhere.
                if (name.equals(newNameOf(old))) {
                    found.add(old);
                }
            }
        }
        return found;
    }

    private static @Nullable ConfigurationPropertyName nearest(
            ConfigurationPropertyName name, Predicate<ConfigurationPropertyName> wanted) {
        for (ConfigurationPropertyName at = name; !at.isEmpty(); at = at.getParent()) {
            if (wanted.test(at)) {
                return at;
            }
        }
        return null;
    }

    private static ConfigurationPropertyName moved(
            ConfigurationPropertyName name, ConfigurationPropertyName from, ConfigurationPropertyName to) {
        return to.append(name.subName(from.getNumberOfElements()));
    }
}
