package io.holdfast.tcc.autoconfigure;

import io.holdfast.reconciliation.Check;
import io.holdfast.tcc.fence.FenceDatabase;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Has an orphaned branch found by the service's reconciliation, if it has one. */
@AutoConfiguration(after = TccAutoConfiguration.class)
@ConditionalOnClass(Check.class)
@ConditionalOnBean(FenceDatabase.class)
public class TccReconciliationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(OrphanedBranchesCheck.class)
    OrphanedBranchesCheck orphanedBranchesCheck(FenceDatabase database, Clock clock) {
        return new OrphanedBranchesCheck(database.dataSource(), clock);
    }
}
