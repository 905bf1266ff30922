package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** The same three actions with Seata's own fence and its defaults, over 1,000 SKUs. */
record SeataTcc() implements Variant {

    @Override
    public int number() {
        return 3;
    }

    @Override
    public String title() {
        return "Seata TCC as it comes, 1,000 SKUs";
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
        return context.comparison().orders(Comparison.TCC);
    }
}
