package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtest.platform.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** People who order one thing after the other, until they are stopped. */
final class Shoppers {

    private final IntFunction<Answer> order;
    private final ExecutorService threads;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean open = true;

    private Shoppers(int many, IntFunction<Answer> order) {
        this.order = order;
        this.threads = Executors.newFixedThreadPool(many);
        for (int i = 0; i < many; i++) {
            int number = i;
            threads.execute(() -> shop(number));
        }
    }

    /** @param order what the person with that number does */
    static Shoppers of(int many, IntFunction<Answer> order) {
        return new Shoppers(many, order);
    }

    private void shop(int number) {
        while (open) {
            try {
                answers.add(order.apply(number));
            } catch (IllegalStateException noAnswer) {
                unanswered.incrementAndGet();
                // Nobody is there, and will not be for a while.
                return;
            }
        }
    }

    void awaitAnswers(int many) {
        await(many + " orders are answered")
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(90))
                .until(() -> answers.size() >= many);
    }

    /** Returns once somebody got no answer, or another one than that the order is paid. */
    void awaitTrouble() {
        await("somebody is not served")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> unanswered.get() > 0
                        || answers.stream().anyMatch(answer -> !"PAID".equals(answer.orderStatus())));
    }

    /** Waits for those who are being answered. */
    void stop() throws InterruptedException {
        open = false;
        threads.shutdown();
        assertThat(threads.awaitTermination(90, TimeUnit.SECONDS))
                .as("everybody has gone home")
                .isTrue();
    }

    List<Answer> answers() {
        return List.copyOf(answers);
    }
}
