package io.holdfast.load.measure;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * One figure, measured in several rounds.
 *
 * @param min the least
 * @param median the middle one; of an even number of rounds the mean of the two in the middle
 * @param max the greatest
 */
public record Spread(double min, double median, double max) {

    /** @param rounds at least one */
    public static <T> Spread of(Collection<T> rounds, ToDoubleFunction<T> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
