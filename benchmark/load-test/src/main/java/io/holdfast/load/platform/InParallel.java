package io.holdfast.load.platform;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The same thing for many, some at once. */
public final class InParallel {

    /** What is done for one. */
    @FunctionalInterface
    public interface Step<T> {
        void with(T one) throws IOException, InterruptedException;
    }

    private static final int AT_ONCE = 16;

    private InParallel() {}

    /**
     * Returns when it is done for all; the first failure ends it.
     *
     * @param progress gets how many are done, after each
     */
    public static <T> void forEach(List<T> all, Step<T> step, IntConsumer progress)
            throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> workers = IntStream.range(0, AT_ONCE)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        for (int one = next.getAndIncrement(); one < all.size(); one = next.getAndIncrement()) {
                            step.with(all.get(one));
                            progress.accept(done.incrementAndGet());
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
