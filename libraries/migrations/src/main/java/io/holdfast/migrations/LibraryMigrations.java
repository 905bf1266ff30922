package io.holdfast.migrations;

import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * Migrates the tables of libraries, after the service's own: Flyway refuses to begin a history in a schema that has tables already.
 *
 * <p>It connects as the service's Flyway does, so that a user of its own for migrations is enough.
 */
final class LibraryMigrations implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(LibraryMigrations.class);
    private static final String NOTHING = "0";

    private final Configuration service;
    private final List<LibrarySchema> schemas;

    /** @param flyway the service's own */
    LibraryMigrations(Flyway flyway, List<LibrarySchema> schemas) {
        this.service = flyway.getConfiguration();
        this.schemas = schemas;
    }

    @Override
    public void afterPropertiesSet() {
        String database = schemas.isEmpty() ? "" : database();
        schemas.forEach(schema -> flyway(schema, database).migrate());
    }

    private Flyway flyway(LibrarySchema schema, String database) {
        return Flyway.configure(service.getClassLoader())
                .dataSource(service.getDataSource())
                .defaultSchema(service.getDefaultSchema())
                .schemas(service.getSchemas())
                .createSchemas(false)
                .connectRetries(service.getConnectRetries())
                .connectRetriesInterval(service.getConnectRetriesInterval())
                .lockRetryCount(service.getLockRetryCount())
                .initSql(service.getInitSql())
                .installedBy(service.getInstalledBy())
                .locations("classpath:" + schema.folder().replace("{database}", database))
                .failOnMissingLocations(true)
                .placeholderReplacement(false)
                .table(schema.history())
                .baselineOnMigrate(true)
                .baselineVersion(baselineOf(schema))
                .load();
    }

    /** Without effect once there is a history. Whoever begins one at the same time finds the same. */
    private String baselineOf(LibrarySchema schema) {
        LibrarySchema.Existing existing = schema.existing();
        if (existing == null || !isThere(existing.table(), "1")) {
            return NOTHING;
        }
        if (!isThere(existing.table(), existing.column())) {
            throw new IllegalStateException("Table %s is there, but without the column %s: %s"
                    .formatted(existing.table(), existing.column(), existing.otherwise()));
        }
        return existing.version();
    }

    private boolean isThere(String table, String column) {
        String schema = service.getDefaultSchema();
        String name = schema == null || schema.isBlank() ? table : schema + "." + table;
        try {
            JdbcClient.create(service.getDataSource())
                    .sql("select " + column + " from " + name + " where 1 = 0")
                    .query()
                    .listOfRows();
            return true;
        } catch (BadSqlGrammarException e) {
            log.debug("There is no {} with a column {}", name, column, e);
            return false;
        }
    }

    private String database() {
        String product;
        try {
            product = JdbcUtils.extractDatabaseMetaData(
                    service.getDataSource(), java.sql.DatabaseMetaData::getDatabaseProductName);
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("The database does not say which one it is", e);
        }
        return switch (product) {
            case "MySQL", "MariaDB" -> "mysql";
            case "PostgreSQL" -> "postgresql";
            default ->
                throw new IllegalStateException(
                        "The tables of Holdfast's libraries come for MySQL, MariaDB and PostgreSQL, not for " + product
                                + ". Set holdfast.migrations.enabled to false and make them by hand");
        };
    }
}
