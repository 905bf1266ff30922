package io.holdfast.load.bench;

import io.holdfast.load.platform.PlatformOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    private PlatformOptions where = new PlatformOptions();

    @Option(names = "--quick", description = "One short round, four to six minutes.")
    private boolean quick;

    @Option(names = "--once", description = "Half a second each: shows that everything runs, and measures nothing.")
    private boolean once;

    @Option(names = "--variants", paramLabel = "N", split = ",", description = "Only these (default: all).")
    private List<Integer> numbers = new ArrayList<>();

    @Option(
            names = "--clients",
            paramLabel = "N",
            split = ",",
            description = "Only with so many at once (default: all).")
    private List<Integer> clients = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", description = "So often, all variants in turn.")
    private @Nullable Integer rounds;

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

    /** @throws IllegalArgumentException if nothing would be measured */
    Pace pace() {
        for (Integer number : clients) {
            if (variants().stream().noneMatch(variant -> variant.clients().contains(number))) {
                throw new IllegalArgumentException("none of these variants is measured with " + number + " clients");
            }
        }
        Pace pace = once ? Pace.ONCE : quick ? Pace.QUICK : Pace.FULL;
        if (!clients.isEmpty()) {
            pace = pace.only(clients);
        }
        return rounds == null ? pace : pace.rounds(rounds);
    }

    @Override
    public Integer call() throws Exception {
        List<Variant> variants = variants();
        return new Bench(where.open(), variants, pace(), System.out).run() ? 0 : 1;
    }
}
