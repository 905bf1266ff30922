package io.holdfast.tcc.operations;

import io.holdfast.tcc.fence.FenceDatabase;
import io.holdfast.tcc.fence.FenceTable;
import io.holdfast.tcc.fence.FenceTransactions;
import io.holdfast.tcc.retry.KnownBranches;
import io.holdfast.tcc.retry.PausedActions;
import io.holdfast.tcc.retry.TccActions;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What people may see and do, put together. */
@Configuration(proxyBeanMethods = false)
public class OperationsConfiguration {

    @Bean
    BranchOperations tccBranchOperations(
            FenceDatabase database,
            FenceTable table,
            FenceTransactions transactions,
            PausedActions paused,
            KnownBranches known,
            TccActions actions,
            Clock clock) {
        return new BranchOperations(
                table, new OperationsTable(database.dataSource()), transactions, paused, known, actions, clock);
    }
}
