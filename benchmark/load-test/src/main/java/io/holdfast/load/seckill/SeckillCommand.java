package io.holdfast.load.seckill;

import io.holdfast.load.platform.PlatformOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code deploy/seckill}. */
@Command(
        name = "seckill",
        description = "A crowd of buyers in a flash sale, and a verdict from the databases.",
        mixinStandardHelpOptions = true)
public final class SeckillCommand implements Callable<Integer> {

    @Mixin
    private PlatformOptions where = new PlatformOptions();

    @Option(names = "--buyers", paramLabel = "N", description = "Buyers (default: ${DEFAULT-VALUE}).")
    private int buyers = 10_000;

    @Option(names = "--stock", paramLabel = "N", description = "Pieces (default: ${DEFAULT-VALUE}).")
    private int stock = 1_000;

    @Option(names = "--rate", paramLabel = "R", description = "Arrivals a second (default: all within 10 s).")
    private @Nullable Integer rate;

    @Option(names = "--minutes", paramLabel = "M", description = "Buyers come again and again for so long.")
    private @Nullable Integer minutes;

    /** @throws IllegalArgumentException if the numbers make no sense */
    Crowd crowd() {
        return Crowd.of(buyers, stock, rate, minutes);
    }

    @Override
    public Integer call() throws Exception {
        Crowd crowd = crowd();
        return new Seckill(where.open(), crowd, System.out).run() ? 0 : 1;
    }
}
