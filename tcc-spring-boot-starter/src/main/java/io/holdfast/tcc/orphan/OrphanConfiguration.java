package io.holdfast.tcc.orphan;

import io.holdfast.tcc.coordinator.GlobalTransactions;
import io.holdfast.tcc.fence.AuditTable;
import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.InstanceName;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.retry.KnownBranches;
import io.holdfast.tcc.retry.TccActions;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Those who end branches whose end nobody asks for, put together. */
@Configuration(proxyBeanMethods = false)
public class OrphanConfiguration {

    /** @param schema is read after the scripts that make the tables */
    @Bean
    OrphanTable tccOrphanTable(
            FenceDatabase database,
            FenceTable fence,
            FenceTransactions transactions,
            InstanceName instance,
            SchemaIdentity schema,
            Clock clock) {
        OrphanTable table =
                new OrphanTable(database.dataSource(), new AuditTable(database.dataSource()), transactions, instance);
        table.requireOperations(fence.dialect().folder(), clock.instant());
        return table;
    }

    @Bean
    OrphanedBranches tccOrphanedBranches(
            OrphanTable table,
            KnownBranches known,
            TccActions actions,
            SchemaIdentity schema,
            FenceMetrics metrics,
            Clock clock,
            GlobalTransactions coordinator,
            OrphanProperties properties) {
        return new OrphanedBranches(table, known, actions, schema, metrics, clock, coordinator, properties);
    }
}
