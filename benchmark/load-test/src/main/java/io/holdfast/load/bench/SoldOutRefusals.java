package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** What the crowd gets that comes too late. */
record SoldOutRefusals() implements Variant {

    @Override
    public int number() {
        return 10;
    }

    @Override
    public String title() {
        return "refusals of a sale that is sold out";
    }

    @Override
    public Grouping grouping() {
        return Grouping.ON;
    }

    @Override
    public List<Integer> clients() {
        return List.of(64, 256);
    }

    @Override
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        String sku = context.newSku("soldout");
        String saleId = context.openSale(sku, 1, 1);
        if (OrdersOverHttp.inSale(context, saleId).attempt(0, 1, 0) != Work.Result.COUNTED) {
            throw new IOException("the only piece of sale " + saleId + " could not be bought");
        }
        return OrdersOverHttp.refusedBySale(context, saleId);
    }
}
