package io.holdfast.load.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lets a variant run until it gets no faster and its compilers have little left to do. Before that a measurement says how far the
 * compilers of its processes have come, and no more: an order with a global transaction of its own takes three times the processor when
 * its code has run a thousand times as when it has run ten thousand times. The rate alone does not tell: on a machine whose speed
 * varies a variant may seem steady and yet get twice as fast within the next two minutes.
 *
 * @param perSecond what was served a second in its best slice
 * @param compilersShare from 0 to 1, how much of the CPU time of the last slices was the compilers'
 * @param took all slices together
 * @param isOver whether it is warm; otherwise its time was up
 */
record WarmUp(double perSecond, double compilersShare, Duration took, boolean isOver) {

    private static final int CLIENTS = 64;

    /** So many slices in a row that are hardly faster than the best before them, and hardly compile. */
    private static final int PATIENCE = 3;

    private static final double HARDLY_FASTER = 1.05;

    /** The compilers' share, from 0 to 1, of what is warm. */
    static final double HARDLY_COMPILING = 0.1;

    /**
     * @param perSecond what was served a second
     * @param compilersShare from 0 to 1
     */
    record Slice(double perSecond, double compilersShare) {}

    /**
     * @param cpu what all processes have used so far
     * @throws IOException if one attempt ended in a way that makes the figures worthless
     */
    static WarmUp of(Work work, Pace pace, Supplier<ProcessCpuTime> cpu) throws IOException, InterruptedException {
        List<Slice> slices = new ArrayList<>();
        Duration took = Duration.ZERO;
        while (!isOver(slices) && took.compareTo(pace.longestWarmUp()) < 0) {
            ClosedLoop.Ended<ProcessCpuTime> slice = ClosedLoop.run(work, CLIENTS, Duration.ZERO, pace.measured(), cpu);
            slices.add(new Slice(
                    slice.tally().counted() / slice.seconds(),
                    slice.after().since(slice.before()).compilersShare()));
            took = took.plus(pace.measured());
        }
        return new WarmUp(best(slices), compilersShare(last(slices)), took, isOver(slices));
    }

    static boolean isOver(List<Slice> slices) {
        int before = slices.size() - PATIENCE;
        return before > 0
                && best(last(slices)) <= HARDLY_FASTER * best(slices.subList(0, before))
                && compilersShare(last(slices)) <= HARDLY_COMPILING;
    }

    private static List<Slice> last(List<Slice> slices) {
        return slices.subList(Math.max(0, slices.size() - PATIENCE), slices.size());
    }

    private static double best(List<Slice> slices) {
        return slices.stream().mapToDouble(Slice::perSecond).max().orElse(0);
    }

    private static double compilersShare(List<Slice> slices) {
        return slices.stream().mapToDouble(Slice::compilersShare).average().orElse(0);
    }
}
