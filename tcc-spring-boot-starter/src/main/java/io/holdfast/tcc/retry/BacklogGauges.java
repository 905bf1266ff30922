package io.holdfast.tcc.retry;

import io.holdfast.tcc.fence.FenceMetrics;
import io.holdfast.tcc.fence.FenceTable;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts the branches that are not finished, from time to time. */
final class BacklogGauges {

    private final FenceTable table;
    private final FenceMetrics metrics;
    private final TccActions actions;
    private final RetryProperties properties;
    private @Nullable Instant due;

    BacklogGauges(FenceTable table, FenceMetrics metrics, TccActions actions, RetryProperties properties) {
        this.table = table;
        this.metrics = metrics;
        this.actions = actions;
        this.properties = properties;
    }

    void refresh(Instant now) {
        if (due == null || !now.isBefore(due)) {
            due = now.plus(properties.gaugeInterval());
            Set<String> names = actions.names();
            metrics.backlog(names, table.backlog(names), now);
        }
    }
}
