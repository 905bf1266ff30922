package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** A flash sale: all want the same row, and share global transactions. */
record GroupedSale() implements Variant {

    /** As much as order-svc takes for one sale. */
    private static final int MOST_QUOTA = 1_000_000;

    @Override
    public int number() {
        return 7;
    }

    @Override
    public String title() {
        return "TCC, group commit, one SKU in a sale";
    }

    @Override
    public Grouping grouping() {
        return Grouping.ON;
    }

    @Override
    public List<Integer> clients() {
        return List.of(16, 64, 256);
    }

    @Override
    public Work prepare(Site site) throws IOException, InterruptedException {
        String sku = site.newSku("sale");
        return OrdersOverHttp.inSale(site, site.openSale(sku, MOST_QUOTA, MOST_QUOTA));
    }
}
