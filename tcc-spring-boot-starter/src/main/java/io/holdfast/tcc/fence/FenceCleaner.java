package io.holdfast.tcc.fence;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes final fence rows that are older than the retention, and the failed attempts of their branches. Several instances of a
 * service may run it at once: each row is deleted by its primary key, in chunks of a bounded size.
 */
public final class FenceCleaner {

    private final FenceTable table;
    private final AttemptTable attempts;
    private final TransactionTemplate transaction;
    private final FenceProperties settings;
    private final Clock clock;

    FenceCleaner(
            FenceTable table,
            AttemptTable attempts,
            PlatformTransactionManager transactionManager,
            FenceProperties settings,
            Clock clock) {
        this.table = table;
        this.attempts = attempts;
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setIsolationLevel(settings.isolation().springValue());
        this.settings = settings;
        this.clock = clock;
    }

    /** @return how many rows are gone */
    public int clean() {
        return deleteFinalRowsBefore(clock.instant().minus(settings.retention()));
    }

    int deleteFinalRowsBefore(Instant before) {
        return Arrays.stream(FenceStatus.values())
                .filter(FenceStatus::isFinal)
                .mapToInt(status -> deleteRows(status, before))
                .sum();
    }

    private int deleteRows(FenceStatus status, Instant before) {
        int total = 0;
        while (true) {
            List<FenceTable.Final> rows = table.findFinal(status, before, settings.cleanChunk());
            if (rows.isEmpty()) {
                return total;
            }
            // In small transactions, and before their fence rows: whoever dies in between leaves nothing that is not
            // found
            // again.
            rows.stream()
                    .filter(FenceTable.Final::failed)
                    .forEach(row -> transaction.executeWithoutResult(tx -> attempts.delete(row.key())));
            List<BranchKey> keys = rows.stream().map(FenceTable.Final::key).toList();
            int deleted = Objects.requireNonNull(transaction.execute(tx -> table.delete(keys)));
            total += deleted;
            // Nothing deleted of a full chunk: another instance is at it, and will go on.
            if (deleted == 0 || keys.size() < settings.cleanChunk()) {
                return total;
            }
        }
    }
}
