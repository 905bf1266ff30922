package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** A flash sale: all want the same row, and share global transactions. */
record GroupedSale() implements Variant {

    /** As much as order-svc takes for one sale. */
    private static final int MAX_QUOTA = 1_000_000;

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
    public Work prepare(BenchmarkContext context) throws IOException, InterruptedException {
        return new SaleEachRound(context, context.newSku("sale"));
    }

    /** In a real sale a buyer has a piece or two, and not those of all rounds before. */
    private static final class SaleEachRound implements Work {

        private final BenchmarkContext context;
        private final String sku;
        private volatile Work orders;

        SaleEachRound(BenchmarkContext context, String sku) throws IOException, InterruptedException {
            this.context = context;
            this.sku = sku;
            this.orders = inNewSale();
        }

        private Work inNewSale() throws IOException, InterruptedException {
            return OrdersOverHttp.inSale(context, context.openSale(sku, MAX_QUOTA, MAX_QUOTA));
        }

        @Override
        public void begin() throws IOException, InterruptedException {
            orders = inNewSale();
        }

        @Override
        public Result attempt(int client, int clients, long attempt) throws IOException {
            return orders.attempt(client, clients, attempt);
        }

        @Override
        public List<String> breaches() throws InterruptedException {
            return orders.breaches();
        }
    }
}
