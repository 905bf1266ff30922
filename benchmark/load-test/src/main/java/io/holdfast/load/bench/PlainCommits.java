package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** No coordinator: three services, three local commits, and nobody to undo two of them if the third fails. */
record PlainCommits() implements Variant {

    @Override
    public int number() {
        return 1;
    }

    @Override
    public String title() {
        return "no coordinator, three local commits";
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
        return context.comparison().orders(Comparison.PLAIN);
    }
}
