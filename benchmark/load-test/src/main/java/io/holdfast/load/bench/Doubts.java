package io.holdfast.load.bench;

import java.util.ArrayList;
import java.util.List;

/** Why measurements say little about what was measured: then no ratio of theirs is judged. */
final class Doubts {

    /** More than this, of all processors, and what others did shows in orders a second. */
    private static final double MAX_SHARE_OF_OTHERS = 0.1;

    private Doubts() {}

    /** @return in words; empty if there is nothing against them */
    static List<String> about(List<Measurement> rounds) {
        List<String> doubts = new ArrayList<>();
        if (rounds.stream().anyMatch(one -> !one.isWarm())) {
            doubts.add("not warm");
        }
        double others =
                rounds.stream().mapToDouble(Measurement::othersShare).max().orElse(0);
        if (others > MAX_SHARE_OF_OTHERS) {
            doubts.add("busy: others took %.0f %% of the processors".formatted(100 * others));
        }
        return List.copyOf(doubts);
    }
}
