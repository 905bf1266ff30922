package io.holdfast.migrations;

import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;

/** Migrates the tables of libraries in a service that has Flyway migrate its own, unless {@code holdfast.migrations.enabled} is false. */
@AutoConfiguration(after = FlywayAutoConfiguration.class)
@ConditionalOnClass({Flyway.class, FlywayAutoConfiguration.class})
@ConditionalOnBean(Flyway.class)
@ConditionalOnBooleanProperty(name = "holdfast.migrations.enabled", matchIfMissing = true)
public class LibraryMigrationsAutoConfiguration {

    @Bean
    LibraryMigrations libraryMigrations(Flyway flyway, ObjectProvider<LibrarySchema> schemas) {
        return new LibraryMigrations(flyway, schemas.orderedStream().toList());
    }

    @Bean
    FlywayConfigurationCustomizer movedMigrationsAreNotListed() {
        return new MovedMigrations()::customize;
    }

    /** A service with a strategy of its own passes over the moved migrations itself. */
    @Bean
    @ConditionalOnMissingBean
    FlywayMigrationStrategy movedMigrationsMayBeMissing() {
        return new MovedMigrations()::migrate;
    }
}
