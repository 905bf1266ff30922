package io.holdfast.migrations;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.pattern.ValidatePattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrations that stood in the services' own histories up to version 1.0, and now belong to histories of the libraries.
 *
 * <p>A service's history goes on to list them as applied, so that an instance of the version before can still start. Flyway takes an
 * applied migration that it does not find for a mistake; here it is told to overlook these, and no other.
 */
final class MovedMigrations {

    private static final Logger log = LoggerFactory.getLogger(MovedMigrations.class);

    private static final String FOLDER = "io/holdfast/tcc/sql/";

    private static final Set<String> SCRIPTS = Set.of(
            "V0_1__tcc_fence_log.sql",
            "V0_2__local_message.sql",
            "V0_3__reconciliation.sql",
            "R__tcc_schema_identity.sql",
            "R__tcc_audit_operations.sql");

    /** Takes the folder away where a service still lists it: two histories would migrate the same tables. */
    void customize(FluentConfiguration configuration) {
        Location[] listed = configuration.getLocations();
        List<Location> kept = Arrays.stream(listed)
                .filter(location -> !location.getDescriptor().contains(FOLDER))
                .toList();
        if (kept.size() < listed.length) {
            log.warn(
                    "Remove {} from spring.flyway.locations: Holdfast migrates its tables by itself now, with histories of their own",
                    Stream.of(listed)
                            .filter(location -> !kept.contains(location))
                            .toList());
            if (kept.isEmpty()) {
                configuration.locations("classpath:db/migration");
            } else {
                configuration.locations(kept.toArray(Location[]::new));
            }
        }
    }

    void migrate(Flyway flyway) {
        List<String> missing = Arrays.stream(flyway.info().all())
                .filter(migration -> migration.getState().isApplied()
                        && !migration.getState().isResolved())
                .map(MigrationInfo::getScript)
                .toList();
        if (missing.isEmpty() || !SCRIPTS.containsAll(missing)) {
            flyway.migrate();
            return;
        }
        ValidatePattern[] patterns = Stream.concat(
                        Arrays.stream(flyway.getConfiguration().getIgnoreMigrationPatterns()),
                        Stream.of("versioned:missing", "repeatable:missing").map(ValidatePattern::fromPattern))
                .toArray(ValidatePattern[]::new);
        Flyway.configure(flyway.getConfiguration().getClassLoader())
                .configuration(flyway.getConfiguration())
                .ignoreMigrationPatterns(patterns)
                .load()
                .migrate();
    }
}
