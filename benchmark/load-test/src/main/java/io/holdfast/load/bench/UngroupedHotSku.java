package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** A global transaction of its own for each order, and all want the same row. */
record UngroupedHotSku() implements Variant {

    @Override
    public int number() {
        return 5;
    }

    @Override
    public String title() {
        return "TCC, one by one, one SKU";
    }

    @Override
    public Grouping grouping() {
        return Grouping.OFF;
    }

    @Override
    public List<Integer> clients() {
        return List.of(16, 64);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        return OrdersOverHttp.of(context, List.of(context.newSku("ungrouped")));
    }
}
