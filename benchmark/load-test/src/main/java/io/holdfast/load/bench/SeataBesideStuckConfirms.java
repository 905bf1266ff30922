package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** As variant 3, while the Confirms of 300 other orders fail. */
record SeataBesideStuckConfirms() implements Variant {

    private static final String SKU = Comparison.TCC + "-stuck";

    @Override
    public int number() {
        return 12;
    }

    @Override
    public String title() {
        return "as 3, beside 300 stuck Confirms";
    }

    @Override
    public Grouping grouping() {
        return Grouping.EITHER;
    }

    @Override
    public List<Integer> clients() {
        return List.of(64);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        Comparison comparison = context.comparison();
        return new StuckConfirms(
                comparison.orders(Comparison.TCC),
                comparison.ordersOf(Comparison.TCC, SKU),
                context.databases(),
                "comparison_stock",
                SKU);
    }
}
