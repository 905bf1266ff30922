package io.holdfast.tcc.fence;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Deletes final fence rows that are older than the retention, and the failed attempts of their branches. Several instances of a
 * service may run it at once: each row is deleted by its primary key, in chunks of a bounded size.
 */
public final class FenceCleaner {

    private final FenceTable table;
    private final AttemptTable attempts;
    private final FenceTransactions transactions;
    private final FenceProperties properties;
    private final Clock clock;

    public FenceCleaner(
            FenceTable table,
            AttemptTable attempts,
            FenceTransactions transactions,
            FenceProperties properties,
            Clock clock) {
        this.table = table;
        this.attempts = attempts;
        this.transactions = transactions;
        this.properties = properties;
        this.clock = clock;
    }

    /** @return how many rows are gone */
    public int clean() {
        return deleteFinalRowsBefore(clock.instant().minus(properties.retention()));
    }

    public int deleteFinalRowsBefore(Instant before) {
        return Arrays.stream(FenceStatus.values())
                .filter(FenceStatus::isFinal)
                .mapToInt(status -> deleteRows(status, before))
                .sum();
    }

    private int deleteRows(FenceStatus status, Instant before) {
        int total = 0;
        while (true) {
            List<FenceTable.Final> rows = table.findFinal(status, before, properties.cleanChunk());
            if (rows.isEmpty()) {
                return total;
            }
            // In small transactions, and before their fence rows: after a crash in between, the next run finds the
            // rest.
            rows.stream()
                    .filter(FenceTable.Final::failed)
                    .forEach(row -> transactions.change(() -> attempts.delete(row.key())));
            List<BranchKey> keys = rows.stream().map(FenceTable.Final::key).toList();
            int deleted = transactions.ask(() -> table.delete(keys));
            total += deleted;
            // Nothing deleted of a full chunk: another instance is at it, and will go on.
            if (deleted == 0 || keys.size() < properties.cleanChunk()) {
                return total;
            }
        }
    }
}
