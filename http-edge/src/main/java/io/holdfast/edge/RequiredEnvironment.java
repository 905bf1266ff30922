package io.holdfast.edge;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a service cannot start without: secrets and keys, which have no default anywhere.
 *
 * <p>It is looked at before anything else is. A framework that meets a missing one later tells of a placeholder in a file that
 * its reader has never seen.
 */
public final class RequiredEnvironment {

    private final String service;
    private final List<String> names;

    private RequiredEnvironment(String service, List<String> names) {
        this.service = service;
        this.names = names;
    }

    /** @param names environment variables that must have a value */
    public static RequiredEnvironment of(String service, String... names) {
        return new RequiredEnvironment(service, List.of(names));
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
        return names.stream().filter(name -> environment.getOrDefault(name, "").isBlank());
    }

    String message(List<String> missing) {
        return service + " does not start: no value for the environment variable" + (missing.size() == 1 ? " " : "s ")
                + String.join(", ", missing)
                + ". Secrets have no defaults; deploy/up makes them for the local platform.";
    }
}
