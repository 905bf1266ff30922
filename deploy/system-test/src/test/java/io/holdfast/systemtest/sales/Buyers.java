package io.holdfast.systemtest.sales;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Platform;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Buyers who want one piece of a sale. Who gets no answer, or is told to ask again, does so with the same key; who is told that the
 * order was not carried out orders anew; who is told that all is sold goes home, and so does everybody after half a minute.
 */
final class Buyers {

    /** Few, so that a sale lasts long enough to be disturbed. */
    private static final int AT_ONCE = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final FlashSale sale;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger served = new AtomicInteger();

    private Buyers(FlashSale sale) {
        this.sale = sale;
    }

    static Buyers come(FlashSale sale, List<String> names) {
        Buyers buyers = new Buyers(sale);
        IntStream.range(0, names.size()).forEach(i -> buyers.threads.execute(() -> buyers.buy(names.get(i))));
        buyers.threads.shutdown();
        return buyers;
    }

    private void buy(String name) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String key = Platform.newKey();
        try {
            while (System.nanoTime() < deadline && closing.getCount() > 0) {
                Answer answer = answerTo(name, key);
                if (answer != null && (answer.status() < 300 || answer.code().equals("sold-out"))) {
                    served.incrementAndGet();
                    return;
                }
                if (answer != null
                        && answer.code().equals("service-unavailable")
                        && !answer.orderId().isEmpty()) {
                    key = Platform.newKey();
                }
                if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answerTo(String name, String key) {
        try {
            return sale.order(name, key);
        } catch (IllegalStateException noAnswer) {
            return null;
        }
    }

    /** Returns in the middle of the sale. */
    void awaitServed(int many) {
        await(many + " buyers are served")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(60))
                .until(() -> served.get() >= many);
    }

    void awaitAll() throws InterruptedException {
        assertThat(threads.awaitTermination(6, TimeUnit.MINUTES))
                .as("everybody has gone home")
                .isTrue();
    }
}
