package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** As variant 2, while the Confirms of 300 other orders fail. */
record BesideStuckConfirms() implements Variant {

    @Override
    public int number() {
        return 9;
    }

    @Override
    public String title() {
        return "as 2, beside 300 stuck Confirms";
    }

    @Override
    public Grouping grouping() {
        return Grouping.OFF;
    }

    @Override
    public List<Integer> clients() {
        return List.of(64);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        String sku = context.newSku("stuck");
        return new StuckConfirms(
                OrdersOverHttp.of(context, context.manySkus()),
                OrdersOverHttp.promised(context, sku),
                context.databases(),
                "stock_svc",
                sku);
    }
}
