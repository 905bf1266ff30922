package io.holdfast.load.bench;

import io.holdfast.load.platform.Books;
import io.holdfast.load.platform.ManyTimes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Healthy orders, measured while hundreds of other orders are decided and cannot be confirmed: the database refuses to sell one SKU. The
 * means is the same here and there, and a Confirm of any other SKU pays the same for it.
 */
final class StuckConfirms implements Work {

    private static final int STUCK = 300;
    private static final Duration STUCK_WITHIN = Duration.ofSeconds(90);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(120);

    private final Work healthy;
    private final Work unlucky;
    private final Books books;
    private final String schema;
    private final String sku;
    private final Thread hook = new Thread(this::letSell, "let the stuck orders end");

    /**
     * @param healthy that are measured
     * @param unlucky orders of the SKU that cannot be sold
     * @param schema of the table {@code stock}
     */
    StuckConfirms(Work healthy, Work unlucky, Books books, String schema, String sku) {
        this.healthy = healthy;
        this.unlucky = unlucky;
        this.books = books;
        this.schema = schema;
        this.sku = sku;
    }

    @Override
    public void begin() throws IOException, InterruptedException {
        letSell();
        Runtime.getRuntime().addShutdownHook(hook);
        books.execute("""
                create trigger %s.bench_stuck before update on %s.stock for each row
                if new.sku = '%s' and new.sold > old.sold then
                    signal sqlstate '45000' set message_text = 'the benchmark refuses to sell this';
                end if
                """.formatted(schema, schema, sku));
        ManyTimes.forEach(
                IntStream.range(0, STUCK).boxed().toList(), number -> unlucky.attempt(number, STUCK, 0), done -> {});
        long reserved = awaitReserved(true, STUCK_WITHIN);
        if (reserved < STUCK) {
            throw new IOException("only " + reserved + " Confirms are stuck");
        }
    }

    @Override
    public Result attempt(int client, int clients, long attempt) throws IOException {
        return healthy.attempt(client, clients, attempt);
    }

    @Override
    public void end() throws IOException, InterruptedException {
        long reserved = reserved();
        if (reserved != STUCK) {
            throw new IOException(reserved + " Confirms were stuck at the end, not " + STUCK);
        }
        letSell();
        Runtime.getRuntime().removeShutdownHook(hook);
        reserved = awaitReserved(false, ENDED_WITHIN);
        if (reserved > 0) {
            throw new IOException(reserved + " Confirms still have not ended");
        }
    }

    @Override
    public List<String> breaches() throws InterruptedException {
        return healthy.breaches();
    }

    @Override
    public void close() {
        letSell();
    }

    private void letSell() {
        books.execute("drop trigger if exists " + schema + ".bench_stuck");
    }

    private long awaitReserved(boolean all, Duration limit) throws InterruptedException {
        Instant end = Instant.now().plus(limit);
        long reserved = reserved();
        while (reserved != (all ? STUCK : 0) && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(200);
            reserved = reserved();
        }
        return reserved;
    }

    private long reserved() {
        return books.number("select reserved from " + schema + ".stock where sku = ?", sku);
    }
}
