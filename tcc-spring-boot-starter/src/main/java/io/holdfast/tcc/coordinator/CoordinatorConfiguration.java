package io.holdfast.tcc.coordinator;

import io.holdfast.tcc.TryMemory;
import io.holdfast.tcc.fence.FenceCleaner;
import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.fence.OwnBranches;
import io.holdfast.tcc.fence.SchemaIdentity;
import io.holdfast.tcc.retry.CoordinatorCalls;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What Seata calls, put together. */
@Configuration(proxyBeanMethods = false)
public class CoordinatorConfiguration {

    @Bean
    Tries tccTries(
            FenceTable table,
            FenceTransactions transactions,
            SchemaIdentity schema,
            FenceMetrics metrics,
            Clock clock) {
        return new Tries(table, transactions, schema, metrics, clock);
    }

    @Bean
    TccFence tccFence(Tries tries, CoordinatorCalls calls, OwnBranches ownBranches, FenceCleaner cleaner) {
        return new TccFence(tries, calls, ownBranches, cleaner, new TryMemory<>());
    }
}
