package io.holdfast.load.bench;

import io.holdfast.load.platform.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code deploy/bench}. */
@Command(
        name = "bench",
        description = "Ways to place an order, measured against each other in one run.",
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    @Mixin
    private Where where = new Where();

    @Option(names = "--quick", description = "Two short rounds, about eight minutes.")
    private boolean quick;

    @Option(names = "--once", description = "One second each: shows that everything runs, and measures nothing.")
    private boolean once;

    @Option(names = "--variants", paramLabel = "N", split = ",", description = "Only these (default: all).")
    private List<Integer> numbers = new ArrayList<>();

    /** @throws IllegalArgumentException if one is asked for that is not built */
    List<Variant> variants() {
        List<Integer> built = Variant.ALL.stream().map(Variant::number).toList();
        for (Integer number : numbers) {
            if (!built.contains(number)) {
                throw new IllegalArgumentException("there is no variant " + number + "; there are " + built);
            }
        }
        return Variant.ALL.stream()
                .filter(variant -> numbers.isEmpty() || numbers.contains(variant.number()))
                .toList();
    }

    Pace pace() {
        return once ? Pace.ONCE : quick ? Pace.QUICK : Pace.FULL;
    }

    @Override
    public Integer call() throws Exception {
        List<Variant> variants = variants();
        return new Bench(where.open(), variants, pace(), System.out).run() ? 0 : 1;
    }
}
