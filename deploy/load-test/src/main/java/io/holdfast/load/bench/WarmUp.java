package io.holdfast.load.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a variant run until it gets no faster. Before that a measurement says how far the compilers of its processes have come, and
 * no more: an order with a global transaction of its own takes three times the processor when its code has run a thousand times as
 * when it has run ten thousand times.
 *
 * @param perSecond what was served a second in its best slice
 * @param took all slices together
 * @param isSteady whether it has stopped to get faster; otherwise its time was up
 */
record WarmUp(double perSecond, Duration took, boolean isSteady) {

    private static final int CLIENTS = 64;

    /** So many slices in a row that are hardly faster than the best before them. */
    private static final int PATIENCE = 3;

    private static final double HARDLY_FASTER = 1.05;

    /** @throws IOException if one attempt ended in a way that makes the figures worthless */
    static WarmUp of(Work work, Pace pace) throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        Duration took = Duration.ZERO;
        while (!isSteady(rates) && took.compareTo(pace.longestWarmUp()) < 0) {
            ClosedLoop.Ended<String> slice = ClosedLoop.run(work, CLIENTS, Duration.ZERO, pace.measured(), () -> "");
            rates.add(slice.tally().counted() / slice.seconds());
            took = took.plus(pace.measured());
        }
        return new WarmUp(best(rates), took, isSteady(rates));
    }

    static boolean isSteady(List<Double> rates) {
        int before = rates.size() - PATIENCE;
        return before > 0
                && best(rates.subList(before, rates.size())) <= HARDLY_FASTER * best(rates.subList(0, before));
    }

    private static double best(List<Double> rates) {
        return rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
