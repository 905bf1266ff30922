/**
 * Tables of libraries, each migrated by Flyway with a history of its own beside the service's. So a library can change its tables in any
 * version, whatever number the service's own migrations have come to, and a service lists nothing in {@code spring.flyway.locations}.
 *
 * <p>A library declares a bean of type {@link io.holdfast.migrations.LibrarySchema}. Where a service has no {@code Flyway} bean, or has set
 * {@code holdfast.migrations.enabled} to false, nothing is done: people run the same scripts by hand.
 */
@NullMarked
package io.holdfast.migrations;

import org.jspecify.annotations.NullMarked;
