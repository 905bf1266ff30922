package io.holdfast.systemtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.localplatform.part.HoldfastService;
import io.holdfast.systemtest.platform.Answer;
import io.holdfast.systemtest.platform.Crowd;
import io.holdfast.systemtest.platform.DatabaseFaults;
import io.holdfast.systemtest.platform.Databases;
import io.holdfast.systemtest.platform.OnThePlatform;
import io.holdfast.systemtest.platform.Platform;
import io.holdfast.systemtest.platform.Platform.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that wait at the same time share a global transaction, and neither their answers nor their ends. */
@OnThePlatform
@Order(36)
class GroupCommitIT {

    private static final long PRICE = 3_00;

    /** As many groups as may be in flight: whoever comes then has to wait. */
    private static final int IN_FLIGHT = 2;

    private final Platform platform;
    private final Databases databases;

    GroupCommitIT(Platform platform, Databases databases) {
        this.platform = platform;
        this.databases = databases;
    }

    @Test
    void manyBuyersOfOneSkuAndOfManyShareFewGlobalTransactions() throws InterruptedException {
        int hotOrders = 80;
        int otherOrders = 80;
        int pieces = 30;
        String hot = platform.goods(pieces);
        List<String> others =
                IntStream.range(0, 8).mapToObj(i -> platform.goods(1_000)).toList();
        List<String> buyers = IntStream.range(0, hotOrders + otherOrders)
                .mapToObj(i -> platform.buyer(10 * PRICE))
                .toList();

        // Two lines each, now in one order and now in the other, and mixed with those who want the same.
        List<Answer> answers = Crowd.of(buyers.size())
                .everyone(i -> i % 2 == 0
                        ? platform.order(buyers.get(i), new Line(hot, 1, PRICE))
                        : platform.order(
                                buyers.get(i),
                                new Line(others.get(i % 8), 1, PRICE),
                                new Line(others.get((i + 1 + i % 5) % 8), 2, PRICE)));

        databases.awaitRestAndBalance();
        assertThat(answers)
                .extracting(answer -> answer.status() == 201 ? "sold" : answer.status() + " " + answer.code())
                .containsOnly("sold", "409 out-of-stock");
        assertThat(sold(answers)).hasSize(pieces + otherOrders);
        assertThat(databases.stock(hot)).isEqualTo(new Databases.Stock(pieces, 0, 0, pieces));
        assertThat(others.stream().mapToLong(sku -> databases.stock(sku).sold()).sum())
                .isEqualTo(3L * otherOrders);
        assertThat(xidsOf(sold(answers)).size())
                .as("global transactions of %d paid orders", pieces + otherOrders)
                .isLessThan((pieces + otherOrders) / 3);
    }

    @Test
    void inOneGroupEachOrderHasItsOwnEnd() {
        String tea = platform.goods(100);
        String scarce = platform.goods(3);
        String rich = platform.buyer(100 * PRICE);
        // Enough for either order and not for both; and a third, which is small, fits again.
        String poor = platform.buyer(7 * PRICE);

        List<Answer> answers = inOneGroup(List.of(
                () -> platform.sendOrder(rich, new Line(tea, 1, PRICE)),
                () -> platform.sendOrder(poor, new Line(tea, 5, PRICE)),
                () -> platform.sendOrder(poor, new Line(tea, 4, PRICE)),
                () -> platform.sendOrder(poor, new Line(tea, 2, PRICE)),
                () -> platform.sendOrder(platform.buyer(0), new Line(tea, 1, PRICE)),
                () -> platform.sendOrder(rich, new Line(scarce, 2, PRICE)),
                () -> platform.sendOrder(rich, new Line(scarce, 2, PRICE)),
                () -> platform.sendOrder(rich, new Line(scarce, 1, PRICE)),
                () -> platform.sendOrder(rich, new Line("NO-SUCH-SKU", 1, PRICE)),
                () -> platform.sendOrder(rich, new Line(tea, 3, PRICE))));

        assertThat(answers)
                .extracting(answer -> answer.status() == 201 ? answer.orderStatus() : answer.code())
                .containsExactly(
                        "PAID",
                        "PAID",
                        "insufficient-funds",
                        "PAID",
                        "insufficient-funds",
                        "PAID",
                        "out-of-stock",
                        "PAID",
                        "invalid-order",
                        "PAID");
        assertThat(xidsOf(sold(answers)))
                .as("global transactions of those that are paid")
                .hasSize(1);
        databases.awaitRestAndBalance();
        assertThat(databases.account(poor)).isEqualTo(new Databases.Account(7 * PRICE, 0, 0, 7 * PRICE));
        assertThat(databases.stock(scarce)).isEqualTo(new Databases.Stock(3, 0, 0, 3));
        assertThat(databases.stock(tea)).isEqualTo(new Databases.Stock(100, 89, 0, 11));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"order-svc", "stock-svc", "payment-svc"})
    void whatWasAnsweredIsKeptAndNothingStaysHeldWhenAServiceIsKilledWithGroupsInFlight(String name)
            throws InterruptedException {
        HoldfastService service = platform.services()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        String hot = platform.goods(100_000);
        String other = platform.goods(100_000);
        List<String> buyers = IntStream.range(0, 12)
                .mapToObj(i -> platform.buyer(10_000 * PRICE))
                .toList();
        Shoppers shoppers = Shoppers.of(
                48,
                i -> i % 3 == 0
                        ? platform.order(buyers.get(i % 12), new Line(hot, 1, PRICE))
                        : platform.order(buyers.get(i % 12), new Line(hot, 1, PRICE), new Line(other, 2, PRICE)));
        try {
            shoppers.awaitAnswers(150);
            await("groups are in flight, of more than one order")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> waiting() > 10);
            platform.kill(service);
            shoppers.awaitTrouble();
        } finally {
            shoppers.stop();
        }
        assertThat(service.isRunning()).as(name + " runs").isFalse();
        platform.start(service);
        databases.awaitRestAndBalance();

        List<Answer> sold = sold(shoppers.answers());
        assertThat(sold).hasSizeGreaterThan(100);
        assertThat(sold).allSatisfy(answer -> assertThat(databases.orderStatus(answer.orderId()))
                .as("the order that was answered %s", answer)
                .isEqualTo("PAID"));
        assertThat(xidsOf(sold).size())
                .as("global transactions of %d orders", sold.size())
                .isLessThan(sold.size() / 2);
        platform.awaitOrdersArePaid();
    }

    /** As in an update: SIGTERM. Nobody pays for an order without hearing of it. */
    @Test
    void whoWasLetInIsAnsweredWhenOrderSvcIsStoppedWithGroupsInFlight() throws InterruptedException {
        String tea = platform.goods(100_000);
        List<String> buyers = IntStream.range(0, 12)
                .mapToObj(i -> platform.buyer(10_000 * PRICE))
                .toList();
        Shoppers shoppers = Shoppers.of(48, i -> platform.order(buyers.get(i % 12), new Line(tea, 1, PRICE)));
        try {
            shoppers.awaitAnswers(150);
            await("groups are in flight, and more orders wait")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> waiting() > 10);
            platform.stop(platform.stack().order());
        } finally {
            shoppers.stop();
        }
        assertThat(platform.stack().order().isRunning()).as("order-svc runs").isFalse();
        platform.start(platform.stack().order());
        databases.awaitRestAndBalance();

        List<Answer> sold = sold(shoppers.answers());
        assertThat(sold).hasSizeGreaterThan(100);
        // Decided, and not confirmed yet.
        long promised = shoppers.answers().stream()
                .filter(answer -> answer.status() == 202)
                .count();
        long paid = buyers.stream()
                .mapToLong(buyer -> databases.ordersOf(buyer, "PAID"))
                .sum();
        assertThat(paid).as("orders that are paid").isBetween((long) sold.size(), sold.size() + promised);
        assertThat(shoppers.answers()).extracting(Answer::status).as("answers").isSubsetOf(201, 202, 429, 503);
        platform.awaitOrdersArePaid();
    }

    /** Sends orders one after the other while every place is taken, and then lets them go: they are one group, in that order. */
    private List<Answer> inOneGroup(List<Sending> orders) {
        String held = platform.goods(10);
        List<String> ahead = IntStream.range(0, IN_FLIGHT)
                .mapToObj(i -> platform.buyer(10 * PRICE))
                .toList();
        DatabaseFaults.Lock lock = platform.faults().holdStock(held);
        List<CompletableFuture<Answer>> first = new ArrayList<>();
        for (String buyer : ahead) {
            first.add(platform.sendOrder(buyer, new Line(held, 1, PRICE)));
            databases.awaitOrderOf(buyer);
        }
        lock.awaitWaiting("stock-svc", IN_FLIGHT);
        List<CompletableFuture<Answer>> sent = new ArrayList<>();
        for (Sending order : orders) {
            sent.add(order.send());
            await("the order waits for a group")
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> waiting() == sent.size());
        }
        lock.release();
        assertThat(first.stream().map(Platform::answerOf))
                .extracting(Answer::status)
                .containsOnly(201);
        return sent.stream().map(Platform::answerOf).toList();
    }

    private long waiting() {
        return platform.get(platform.stack().order().managementUrl() + "/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> line.startsWith("holdfast_order_group_waiting"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static List<Answer> sold(List<Answer> answers) {
        return answers.stream().filter(answer -> answer.status() == 201).toList();
    }

    private Set<String> xidsOf(List<Answer> answers) {
        return answers.stream().map(answer -> databases.xidOf(answer.orderId())).collect(Collectors.toSet());
    }

    @FunctionalInterface
    private interface Sending {
        CompletableFuture<Answer> send();
    }
}
