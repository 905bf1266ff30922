package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** Orders share global transactions; they seldom meet at a row. */
record GroupedManySkus() implements Variant {

    @Override
    public int number() {
        return 6;
    }

    @Override
    public String title() {
        return "TCC, group commit, 1,000 SKUs";
    }

    @Override
    public Grouping grouping() {
        return Grouping.ON;
    }

    @Override
    public List<Integer> clients() {
        return List.of(1, 16, 64, 256);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        return OrdersOverHttp.of(context, context.manySkus());
    }
}
