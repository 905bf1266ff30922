package io.holdfast.load.bench;

import io.holdfast.load.measure.Latency;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Clients that each do one thing after the other, without a pause. Only what ends within the measured time counts. */
final class ClosedLoop {

    private static final long PAUSE_AFTER_NOT_SERVED_MILLIS = 50;

    private final Work work;
    private final int clients;
    private volatile long from = Long.MAX_VALUE;
    private volatile boolean open = true;

    private ClosedLoop(Work work, int clients) {
        this.work = work;
        this.clients = clients;
    }

    /**
     * What the clients got.
     *
     * @param before taken when the measured time began
     * @param after taken when it ended
     */
    record Ended<T>(T before, T after, double seconds, Tally tally) {}

    /**
     * @param settling how long they run before it counts
     * @param measured how long it counts
     * @param snapshot taken at both ends of the measured time
     * @throws IOException if one attempt ended in a way that makes the figures worthless
     */
    static <T> Ended<T> run(Work work, int clients, Duration settling, Duration measured, Supplier<T> snapshot)
            throws IOException, InterruptedException {
        ClosedLoop loop = new ClosedLoop(work, clients);
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<Tally>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int client = i;
                running.add(threads.submit(() -> loop.runClient(client)));
            }
            TimeUnit.NANOSECONDS.sleep(settling.toNanos());
            T before = snapshot.get();
            long begin = System.nanoTime();
            loop.from = begin;
            TimeUnit.NANOSECONDS.sleep(measured.toNanos());
            loop.open = false;
            long end = System.nanoTime();
            T after = snapshot.get();
            Tally all = new Tally();
            for (Future<Tally> client : running) {
                all.add(client.get());
            }
            return new Ended<>(before, after, (end - begin) / 1e9, all);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            loop.open = false;
            threads.shutdownNow();
        }
    }

    private Tally runClient(int client) throws IOException, InterruptedException {
        Tally tally = new Tally();
        for (long attempt = 0; open; attempt++) {
            long began = System.nanoTime();
            Work.Result result = work.attempt(client, clients, attempt);
            long ended = System.nanoTime();
            if (open && ended >= from) {
                tally.note(result, ended - began);
            }
            if (result == Work.Result.NOT_SERVED) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_NOT_SERVED_MILLIS);
            }
        }
        return tally;
    }

    /** What is counted of one client, or of all. */
    static final class Tally {

        private final Histogram micros = new Histogram(Latency.MAX_MICROS, Latency.DIGITS);
        private long notServed;

        void note(Work.Result result, long nanos) {
            if (result == Work.Result.COUNTED) {
                micros.recordValue(Math.min(TimeUnit.NANOSECONDS.toMicros(nanos), Latency.MAX_MICROS));
            } else {
                notServed++;
            }
        }

        void add(Tally other) {
            micros.add(other.micros);
            notServed += other.notServed;
        }

        long counted() {
            return micros.getTotalCount();
        }

        long notServed() {
            return notServed;
        }

        Latency latency() {
            return Latency.of(micros);
        }
    }
}
