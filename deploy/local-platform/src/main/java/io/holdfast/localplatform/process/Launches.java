package io.holdfast.localplatform.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * The processes that this launcher started, and a gate: once it is shut nothing can be started any more, so that whoever shut it can stop
 * what was started and be sure that nothing is left.
 */
public final class Launches {

    private final List<OsProcess> started = new ArrayList<>();
    private boolean shut;

    public synchronized OsProcess launch(String part, Supplier<OsProcess> start) {
        if (shut) {
            throw PartFailed.before(part, "was not started: the launcher is stopping");
        }
        OsProcess process = start.get();
        started.add(process);
        return process;
    }

    /** @return the processes that were started, the last one first */
    public synchronized List<OsProcess> shut() {
        shut = true;
        List<OsProcess> latestFirst = new ArrayList<>(started);
        Collections.reverse(latestFirst);
        return latestFirst;
    }

    public synchronized boolean isShut() {
        return shut;
    }
}
