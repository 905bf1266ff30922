package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** Seata's AT mode, over 1,000 SKUs. */
record SeataAt() implements Variant {

    @Override
    public int number() {
        return 4;
    }

    @Override
    public String title() {
        return "Seata AT, 1,000 SKUs";
    }

    @Override
    public Grouping grouping() {
        return Grouping.EITHER;
    }

    @Override
    public List<Integer> clients() {
        return List.of(64, 256);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        return context.comparison().orders(Comparison.AT);
    }
}
