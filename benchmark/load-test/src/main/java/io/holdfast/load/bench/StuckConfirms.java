package io.holdfast.load.bench;

import io.holdfast.load.platform.Databases;
import io.holdfast.load.platform.InParallel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/**
 * Healthy orders, measured while hundreds of other orders are decided and cannot be confirmed: the database refuses to sell one SKU. The
 * means is the same here and there, and a Confirm of any other SKU pays the same for it.
 */
final class StuckConfirms implements Work {

    private static final int STUCK = 300;
    private static final int TRIES = 5;
    private static final Duration STUCK_WITHIN = Duration.ofSeconds(90);
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(120);

    private final Work healthy;
    private final Work unlucky;
    private final Databases databases;
    private final String schema;
    private final String sku;
    private final Thread hook = new Thread(this::letSell, "let the stuck orders end");

    /**
     * @param healthy that are measured
     * @param unlucky orders of the SKU that cannot be sold
     * @param schema of the table {@code stock}
     */
    StuckConfirms(Work healthy, Work unlucky, Databases databases, String schema, String sku) {
        this.healthy = healthy;
        this.unlucky = unlucky;
        this.databases = databases;
        this.schema = schema;
        this.sku = sku;
    }

    @Override
    public void begin() throws IOException, InterruptedException {
        letSell();
        Runtime.getRuntime().addShutdownHook(hook);
        databases.execute("""
                create trigger %s.bench_stuck before update on %s.stock for each row
                if new.sku = '%s' and new.sold > old.sold then
                    signal sqlstate '45000' set message_text = 'the benchmark refuses to sell this';
                end if
                """.formatted(schema, schema, sku));
        InParallel.forEach(IntStream.range(0, STUCK).boxed().toList(), this::getStuck, done -> {});
        long reserved = awaitReserved(now -> now >= STUCK, STUCK_WITHIN);
        if (reserved < STUCK) {
            throw new IOException("only " + reserved + " Confirms are stuck");
        }
    }

    /** On a busy machine an order may be given up, and is ordered again; of one whose end is not known both may come to be stuck. */
    private void getStuck(int number) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            if (unlucky.attempt(number, STUCK, i) == Result.COUNTED) {
                return;
            }
        }
    }

    @Override
    public Result attempt(int client, int clients, long attempt) throws IOException {
        return healthy.attempt(client, clients, attempt);
    }

    @Override
    public void end() throws IOException, InterruptedException {
        long stuck = reserved();
        if (stuck < STUCK) {
            throw new IOException("only " + stuck + " Confirms were stuck to the end");
        }
        close();
        long left = awaitReserved(now -> now == 0, ENDED_WITHIN);
        if (left > 0) {
            throw new IOException(left + " Confirms still have not ended");
        }
    }

    @Override
    public List<String> breaches() throws InterruptedException {
        return healthy.breaches();
    }

    @Override
    public void close() {
        letSell();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then it runs, and finds nothing to do.
        }
    }

    private void letSell() {
        databases.execute("drop trigger if exists " + schema + ".bench_stuck");
    }

    private long awaitReserved(LongPredicate wanted, Duration limit) throws InterruptedException {
        Instant end = Instant.now().plus(limit);
        long reserved = reserved();
        while (!wanted.test(reserved) && Instant.now().isBefore(end)) {
            TimeUnit.MILLISECONDS.sleep(200);
            reserved = reserved();
        }
        return reserved;
    }

    private long reserved() {
        return databases.number("select reserved from " + schema + ".stock where sku = ?", sku);
    }
}
