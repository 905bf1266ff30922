package io.holdfast.systemtest.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Many threads that do the same at the same moment. */
public record Crowd(int size) {

    private static final long LIMIT_SECONDS = 240;

    public static Crowd of(int size) {
        return new Crowd(size);
    }

    /** Everyone is ready before the first begins. @return what each got, in the order of their numbers */
    public <T> List<T> everyone(IntFunction<T> action) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        CountDownLatch ready = new CountDownLatch(size);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int number = i;
                Callable<T> one = () -> {
                    ready.countDown();
                    ready.await();
                    return action.apply(number);
                };
                futures.add(threads.submit(one));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(LIMIT_SECONDS, TimeUnit.SECONDS));
            }
            return results;
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("one of the crowd got no answer", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
