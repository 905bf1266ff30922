package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** One way to place an order, or to refuse one. The numbers are fixed; 12 is to 3 what 9 is to 2. */
sealed interface Variant
        permits PlainCommits,
                SeataTcc,
                SeataAt,
                BesideStuckConfirms,
                SeataBesideStuckConfirms,
                UngroupedManySkus,
                UngroupedHotSku,
                GroupedManySkus,
                GroupedSale,
                LocalHotRow,
                SoldOutRefusals,
                ClosedSaleLookup {

    /** All that are built, in the order in which they are measured: those that need the same settings follow each other. */
    List<Variant> ALL = List.of(
            new PlainCommits(),
            new UngroupedManySkus(),
            new SeataTcc(),
            new SeataAt(),
            new UngroupedHotSku(),
            new BesideStuckConfirms(),
            new SeataBesideStuckConfirms(),
            new GroupedManySkus(),
            new GroupedSale(),
            new LocalHotRow(),
            new SoldOutRefusals(),
            new ClosedSaleLookup());

    int number();

    /** A few words for tables and plots. */
    String title();

    Grouping grouping();

    /** How many clients call at once, one measurement each. */
    List<Integer> clients();

    /**
     * Makes what is needed, once in a run.
     *
     * @throws io.holdfast.load.platform.MissingInterfaceException if this platform lacks what is measured
     */
    Work prepare(BenchmarkContext context) throws IOException, InterruptedException;
}
