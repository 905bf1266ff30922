package io.holdfast.tcc.orphan;

import io.holdfast.tcc.fence.BranchKey;
import io.holdfast.tcc.orphan.OrphanTable.Undecided;
import java.time.Instant;
import org.springframework.context.ApplicationContext;

/** The guarded changes of one branch, by themselves: as if a look had not seen what has happened since. */
public final class OrphanChanges {

    private final OrphanTable table;
    private final Undecided branch;
    private final Instant now;

    public OrphanChanges(ApplicationContext parts, BranchKey key, String action, Instant now) {
        this.table = parts.getBean(OrphanTable.class);
        this.branch = new Undecided(key, action, now, "a context");
        this.now = now;
    }

    public boolean cancel() {
        return table.cancel(branch, now, "a test says so");
    }

    public boolean confirm() {
        return table.confirm(branch, now, "a test says so");
    }
}
