package io.holdfast.tcc.fence;

import java.time.Clock;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The fence's table and what belongs to it, put together. */
@Configuration(proxyBeanMethods = false)
public class FenceConfiguration {

    @Bean
    FenceTable tccFenceTable(FenceDatabase database) {
        return new FenceTable(database.dataSource());
    }

    @Bean
    FenceTransactions tccFenceTransactions(FenceDatabase database, FenceProperties properties) {
        return new FenceTransactions(database.transactionManager(), properties.isolation());
    }

    /** After Flyway and the like. */
    @Bean
    @DependsOnDatabaseInitialization
    SchemaIdentity tccSchemaIdentity(
            FenceDatabase database, FenceTransactions transactions, FenceTable table, Clock clock) {
        return SchemaIdentity.read(database.dataSource(), transactions, table.dialect(), clock);
    }

    @Bean
    OwnBranches tccOwnBranches(SchemaIdentity schema, FenceMetrics metrics) {
        return new OwnBranches(schema, metrics);
    }

    @Bean
    FenceCleaner tccFenceCleaner(
            FenceDatabase database,
            FenceTable table,
            FenceTransactions transactions,
            FenceProperties properties,
            Clock clock) {
        return new FenceCleaner(table, new AttemptTable(database.dataSource()), transactions, properties, clock);
    }
}
