package io.holdfast.reconciliation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A check of things that are too many for one run. Each run takes what is new, as far as its time goes, in the order of a cursor; one
 * page of what was examined long ago, round and round; and what is open.
 *
 * @param <T> what is examined
 */
public abstract class CursorCheck<T> implements Check {

    /** Of one run, for what is new; the next run takes what is left. */
    private static final Duration MAX_TIME = Duration.ofSeconds(20);

    /** No cursor contains it. */
    private static final String BETWEEN = "|";

    private final int page;
    private final Clock clock;

    /** @param page how many are read and compared at a time */
    protected CursorCheck(int page, Clock clock) {
        this.page = page;
        this.clock = clock;
    }

    /**
     * @param cursor empty for the first ones
     * @return those that come after the cursor, in its order, and are old enough to be examined; {@code most} of them if there are so many
     */
    protected abstract List<T> after(String cursor, int most);

    /** Where the next run goes on after this one; without a vertical bar. */
    protected abstract String cursorAt(T item);

    /** Those with these subjects that are old enough to be examined. */
    protected abstract List<T> named(List<String> subjects);

    /**
     * What is wrong with these; at most one page of them.
     *
     * @throws NotCompletedException if a service that has to be asked is away
     */
    protected abstract List<Finding> compare(List<T> items);

    @Override
    public final CheckResult run(CheckState state) {
        int bar = state.cursor().indexOf(BETWEEN);
        String fresh = bar < 0 ? "" : state.cursor().substring(0, bar);
        String again = bar < 0 ? "" : state.cursor().substring(bar + 1);
        List<Finding> findings = new ArrayList<>();
        long looked = 0;
        for (int from = 0; from < state.open().size(); from += page) {
            int to = Math.min(from + page, state.open().size());
            looked += compare(named(state.open().subList(from, to)), findings);
        }
        Instant end = clock.instant().plus(MAX_TIME);
        boolean more = true;
        while (more && clock.instant().isBefore(end)) {
            List<T> next = after(fresh, page);
            looked += compare(next, findings);
            fresh = next.isEmpty() ? fresh : cursorAt(next.get(next.size() - 1));
            more = next.size() == page;
        }
        List<T> old = after(again, page);
        looked += compare(old, findings);
        again = old.size() < page ? "" : cursorAt(old.get(old.size() - 1));
        return new CheckResult(findings, true, fresh + BETWEEN + again, looked, new TreeMap<>());
    }

    private long compare(List<T> items, List<Finding> findings) {
        if (!items.isEmpty()) {
            findings.addAll(compare(items));
        }
        return items.size();
    }
}
