package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** A global transaction of its own for each order; orders seldom meet at a row. */
record UngroupedManySkus() implements Variant {

    @Override
    public int number() {
        return 2;
    }

    @Override
    public String title() {
        return "TCC, one by one, 1,000 SKUs";
    }

    @Override
    public Grouping grouping() {
        return Grouping.OFF;
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
