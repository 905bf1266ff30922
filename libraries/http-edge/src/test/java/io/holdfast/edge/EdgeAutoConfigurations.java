package io.holdfast.edge;

import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.util.ClassUtils;

/** The auto-configurations of this module, as a service gets them, but for access and audit. */
public final class EdgeAutoConfigurations {

    private EdgeAutoConfigurations() {}

    public static AutoConfigurations withJackson() {
        Stream<Class<?>> ours = ImportCandidates.load(AutoConfiguration.class, null).getCandidates().stream()
                .filter(name -> name.startsWith("io.holdfast.edge.")
                        && !name.startsWith("io.holdfast.edge.security.")
                        && !name.startsWith("io.holdfast.edge.audit."))
                .map(name -> ClassUtils.resolveClassName(name, null));
        return AutoConfigurations.of(
                Stream.concat(Stream.of(JacksonAutoConfiguration.class), ours).toArray(Class<?>[]::new));
    }
}
