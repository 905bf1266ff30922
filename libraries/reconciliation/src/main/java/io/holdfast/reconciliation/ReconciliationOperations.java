package io.holdfast.reconciliation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people can see of the checks, and ask for. */
public final class ReconciliationOperations {

    private static final Logger log = LoggerFactory.getLogger(ReconciliationOperations.class);

    private final Reconciler reconciler;
    private final ReconciliationTable table;

    ReconciliationOperations(Reconciler reconciler, ReconciliationTable table) {
        this.reconciler = reconciler;
        this.table = table;
    }

    /** All checks of this service with their last runs. */
    public List<CheckView> checks() {
        List<CheckView> views = new ArrayList<>();
        reconciler.checks().forEach(check -> {
            CheckRun run = table.run(check.name())
                    .orElseGet(() -> new CheckRun(check.name(), null, null, null, null, 0, 0, new TreeMap<>()));
            views.add(new CheckView(check.name(), check.invariant(), check.sentence(), run));
        });
        return views;
    }

    /** Findings of all checks, the oldest first. */
    public List<KnownFinding> findings(FindingState state, int most) {
        return table.inState(state, most);
    }

    /** Runs every check now. */
    public int runNow(String who, String reason) {
        log.warn("AUDIT the checks are run now by {}: {}", oneLine(who), oneLine(reason));
        return reconciler.runAll();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** A check and its last run. */
    public record CheckView(String name, String invariant, String sentence, CheckRun last) {}
}
