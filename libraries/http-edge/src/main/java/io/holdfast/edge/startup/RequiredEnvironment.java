package io.holdfast.edge.startup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a service cannot start without: secrets and keys, which have no default anywhere.
 *
 * <p>It is checked before anything else. A framework that finds one missing later names a placeholder in a file that
 * its reader has never seen.
 */
public final class RequiredEnvironment {

    private final String service;
    private final List<String> names;
    private final Map<String, String> conditional;

    private RequiredEnvironment(String service, List<String> names, Map<String, String> conditional) {
        this.service = service;
        this.names = names;
        this.conditional = conditional;
    }

    /** @param names environment variables that must have a value */
    public static RequiredEnvironment of(String service, String... names) {
        return new RequiredEnvironment(service, List.of(names), Map.of());
    }

    /** @param name must have a value too if {@code condition} has one: what is used only if it is configured */
    public RequiredEnvironment and(String name, String condition) {
        Map<String, String> more = new LinkedHashMap<>(conditional);
        more.put(name, condition);
        return new RequiredEnvironment(service, names, more);
    }

    /** Ends the process with exit code 1 and one line on standard error if one of them is missing. */
    public void orExit() {
        List<String> missing = missingIn(System.getenv()).toList();
        if (!missing.isEmpty()) {
            System.err.println(message(missing));
            System.exit(1);
        }
    }

    Stream<String> missingIn(Map<String, String> environment) {
        Stream<String> wanted = conditional.entrySet().stream()
                .filter(entry -> hasValue(environment, entry.getValue()))
                .map(Map.Entry::getKey);
        return Stream.concat(names.stream(), wanted).filter(name -> !hasValue(environment, name));
    }

    private static boolean hasValue(Map<String, String> environment, String name) {
        return !environment.getOrDefault(name, "").isBlank();
    }

    String message(List<String> missing) {
        return service + " does not start: no value for the environment variable" + (missing.size() == 1 ? " " : "s ")
                + String.join(", ", missing)
                + ". Secrets have no defaults; deploy/up makes them for the local platform.";
    }
}
