package io.holdfast.tcc.retry;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Actions of which no attempts are made: because a person said so, in any instance, or by their policy. */
public final class PausedActions {

    private static final Logger log = LoggerFactory.getLogger(PausedActions.class);

    private final RetryTable table;
    private final ActionPolicies policies;
    private final Wakeup wakeup;
    private volatile @Nullable Set<String> byPeople;

    PausedActions(RetryTable table, ActionPolicies policies, Wakeup wakeup) {
        this.table = table;
        this.policies = policies;
        this.wakeup = wakeup;
    }

    public boolean contains(String action) {
        Set<String> paused = byPeople;
        if (paused == null) {
            // Before the first look of the scheduler: a paused action must not run once at every start.
            try {
                paused = read();
            } catch (RuntimeException e) {
                log.warn("It could not be read which actions are paused: {}", Failures.describe(e));
                paused = Set.of();
            }
        }
        return paused.contains(action) || policies.of(action).paused();
    }

    /** A person has paused or resumed an action. */
    public void changed() {
        read();
        wakeup.now();
    }

    private Set<String> read() {
        Set<String> paused = table.heads(List.of()).paused();
        byPeople = paused;
        return paused;
    }

    /** As the scheduler has just read it. */
    void are(Set<String> paused) {
        byPeople = paused;
    }
}
