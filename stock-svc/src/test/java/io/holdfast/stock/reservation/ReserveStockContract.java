package io.holdfast.stock.reservation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.holdfast.stock.Branches;
import io.holdfast.stock.Branches.Branch;
import io.holdfast.stock.OnRealDatabase;
import io.holdfast.stock.StockTables;
import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.OrderId;
import io.holdfast.stock.model.OrderLines;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/** What {@code stock.reserve} promises, whatever isolation the sessions have by default. */
@OnRealDatabase
abstract class ReserveStockContract {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Branches.Factory branches;
    private final StockTables tables;

    @Autowired
    private AutowireCapableBeanFactory beans;

    @Autowired
    private StockLevels levels;

    private final String tea = newSku("tea");
    private final String cup = newSku("cup");

    ReserveStockContract(Branches.Factory branches, StockTables tables) {
        this.branches = branches;
        this.tables = tables;
        tables.put(tea, 10);
        tables.put(cup, 5);
    }

    @AfterEach
    void nothingIsLost() {
        tables.assertNothingIsLost();
    }

    @Test
    void whatIsReservedAtTryIsSoldAtConfirm() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 3, cup, 1));

        branch.reserve(order);
        assertThat(tables.level(tea)).containsExactly("7/3/0");
        assertThat(tables.level(cup)).containsExactly("4/1/0");
        assertThat(tables.reservations(idOf(order))).containsExactly(cup + " 1 RESERVED", tea + " 3 RESERVED");

        assertThat(branch.sell()).isTrue();
        assertThat(tables.level(tea)).containsExactly("7/0/3");
        assertThat(tables.level(cup)).containsExactly("4/0/1");
        assertThat(tables.reservations(idOf(order))).containsExactly(cup + " 1 SOLD", tea + " 3 SOLD");
    }

    @Test
    void whatIsReservedAtTryIsAvailableAgainAtCancel() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 10));
        branch.reserve(order);
        assertThat(tables.level(tea)).containsExactly("0/10/0");

        assertThat(branch.release()).isTrue();

        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.reservations(idOf(order))).containsExactly(tea + " 10 RELEASED");
    }

    @Test
    void whatAnotherProcessHasReservedIsSoldAndReleasedAsItsRowsSay() {
        Branches.Factory afterARestart =
                new Branches.Factory(branches.fence(), new ReserveStock(beans.createBean(Reservations.class), levels));
        Branch sold = branches.newBranch();
        Branch released = branches.newBranch();
        sold.reserve(order(Map.of(tea, 3, cup, 1)), order(Map.of(tea, 2)));
        released.reserve(order(Map.of(tea, 4, cup, 4)));

        assertThat(new Branch(sold.xid(), sold.id(), afterARestart).sell()).isTrue();
        assertThat(new Branch(released.xid(), released.id(), afterARestart).release())
                .isTrue();

        assertThat(tables.level(tea)).containsExactly("5/0/5");
        assertThat(tables.level(cup)).containsExactly("4/0/1");
    }

    @Test
    void aBatchTooLongForOneStatementIsReservedAndSoldAsOne() {
        List<String> skus = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            skus.add(newSku("bulk"));
        }
        tables.jdbc.batchUpdate(
                "insert into stock values (?, 3, 3, 0, 0)",
                skus.stream().map(sku -> new Object[] {sku}).toList());
        Collections.shuffle(skus, new Random(1));
        List<OrderLines> orders = new ArrayList<>();
        for (int i = 0; i < 1_200; i += 3) {
            orders.add(order(Map.of(skus.get(i), 1, skus.get(i + 1), 2, skus.get(i + 2), 3)));
        }
        Branch sold = branches.newBranch();
        Branch released = branches.newBranch();

        sold.reserve(orders);
        released.reserve(order(Map.of(skus.get(0), 1, skus.get(1), 1)));
        assertThat(sold.sell()).isTrue();
        assertThat(released.release()).isTrue();

        assertThat(tables.level(skus.get(0))).containsExactly("2/0/1");
        assertThat(tables.level(skus.get(1))).containsExactly("1/0/2");
        assertThat(tables.level(skus.get(1199))).containsExactly("0/0/3");
    }

    @Test
    void aRefusedBatchReservesNothingAndTheSameWithoutTheRefusedOrdersIsGranted() {
        OrderLines first = order(Map.of(tea, 8));
        OrderLines tooMuch = order(Map.of(tea, 1, cup, 6));
        OrderLines second = order(Map.of(tea, 3));
        OrderLines unknown = order(Map.of(cup, 1, "no-such-sku", 1));
        OrderLines third = order(Map.of(tea, 2, cup, 5));
        Branch branch = branches.newBranch();

        OrdersRefusedException refused = catchThrowableOfType(
                OrdersRefusedException.class, () -> branch.reserve(first, tooMuch, second, unknown, third));

        assertThat(refused.refusals())
                .extracting(refusal -> refusal.order() + " " + refusal.reason().code() + " " + refusal.sku() + " "
                        + refusal.available())
                .containsExactly(
                        idOf(tooMuch) + " out-of-stock " + cup + " 5",
                        idOf(second) + " out-of-stock " + tea + " 2",
                        idOf(unknown) + " invalid-order no-such-sku 0");
        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.reservations(idOf(first))).isEmpty();
        assertThat(tables.fenceRows(branch.xid())).isEmpty();

        Branch again = branches.newBranch();
        again.reserve(first, third);
        assertThat(tables.level(tea)).containsExactly("0/10/0");
        assertThat(again.sell()).isTrue();
    }

    @Test
    void repeatedConfirmsAndCancelsHaveNoEffect() {
        Branch sold = branches.newBranch();
        Branch released = branches.newBranch();
        sold.reserve(order(Map.of(tea, 1)));
        released.reserve(order(Map.of(tea, 2)));

        for (int i = 0; i < 3; i++) {
            assertThat(sold.sell()).isTrue();
            assertThat(released.release()).isTrue();
        }

        assertThat(tables.level(tea)).containsExactly("9/0/1");
    }

    @Test
    void aTryThatComesAfterItsCancelIsRefused() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 1));

        assertThat(branch.release()).isTrue();
        assertThatThrownBy(() -> branch.reserve(order)).isInstanceOf(TryRefusedException.Suspended.class);

        assertThat(tables.level(tea)).containsExactly("10/0/0");
        assertThat(tables.reservations(idOf(order))).isEmpty();
    }

    @Test
    void anOrderHoldsASkuOnceUntilItIsReleased() {
        Branch first = branches.newBranch();
        OrderLines order = order(Map.of(tea, 4));
        first.reserve(order);

        assertThatThrownBy(() -> branches.newBranch().reserve(order(Map.of(cup, 1)), order))
                .isInstanceOf(DuplicateKeyException.class);
        assertThat(tables.level(tea)).containsExactly("6/4/0");
        assertThat(tables.level(cup)).containsExactly("5/0/0");

        assertThat(first.release()).isTrue();
        Branch second = branches.newBranch();
        second.reserve(order);
        assertThat(second.release()).isTrue();
        Branch third = branches.newBranch();
        third.reserve(order);
        assertThat(third.sell()).isTrue();

        assertThat(tables.reservations(idOf(order)))
                .containsExactly(tea + " 4 RELEASED", tea + " 4 RELEASED", tea + " 4 SOLD");
        assertThatThrownBy(() -> branches.newBranch().reserve(order)).isInstanceOf(DuplicateKeyException.class);
        assertThat(tables.level(tea)).containsExactly("6/0/4");
    }

    @Test
    void aConfirmThatDoesNotFindTheReservedStockChangesNothingAndIsCounted() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 4, cup, 2));
        branch.reserve(order);
        tables.jdbc.update("update stock set reserved = 3, available = 7 where sku = ?", tea);

        assertThat(branch.sell()).isFalse();

        assertThat(tables.level(cup)).containsExactly("3/2/0");
        assertThat(tables.reservations(idOf(order))).containsExactly(cup + " 2 RESERVED", tea + " 4 RESERVED");
        assertThat(tables.fenceRows(branch.xid())).containsExactly(1);
        assertThat(tables.jdbc.queryForObject(
                        "select concat(attempts, ' ', last_error) from tcc_fence_log where xid = ?",
                        String.class,
                        branch.xid()))
                .startsWith("1 ")
                .contains("I1");

        tables.jdbc.update("update stock set reserved = 4, available = 6 where sku = ?", tea);
        // The starter attempts it when it is due, and answers the coordinator from what it knows.
        await().until(branch::sell);
        assertThat(tables.level(tea)).containsExactly("6/0/4");
    }

    @Test
    void aCancelThatFindsAReservationDecidedAlreadyChangesNothing() {
        Branch branch = branches.newBranch();
        OrderLines order = order(Map.of(tea, 4, cup, 2));
        branch.reserve(order);
        String undo = "update reservation set status = 'RESERVED', decided_at = null where order_id = ?";
        tables.jdbc.update(
                "update reservation set status = 'SOLD', decided_at = created_at where order_id = ? and sku = ?",
                idOf(order),
                tea);

        assertThat(branch.release()).isFalse();

        assertThat(tables.level(tea)).containsExactly("6/4/0");
        tables.jdbc.update(undo, idOf(order));
        await().until(branch::release);
        assertThat(tables.level(tea)).containsExactly("10/0/0");
    }

    @Test
    void theSchemaItselfRefusesWhatBreaksI1() {
        for (String change : List.of(
                "available = available - 1",
                "sold = sold + 1",
                "received = -1, available = -1",
                "available = -1, reserved = 11",
                "available = 11, sold = -1")) {
            assertThatThrownBy(() -> tables.jdbc.update("update stock set " + change + " where sku = ?", tea))
                    .isInstanceOf(DataAccessException.class)
                    .hasMessageContaining("CONSTRAINT");
        }
    }

    @Test
    void thirtyTwoThreadsWithRandomOrdersOverFewSkusMeetNoDeadlockAndLoseNothing() throws Exception {
        List<String> skus = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String sku = newSku("hot");
            tables.put(sku, 400);
            skus.add(sku);
        }
        long deadlocks = TestDatabase.mariaDb().deadlocks();
        AtomicInteger sold = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        inThreads(32, random -> {
            for (int round = 0; round < 25; round++) {
                oneBranch(skus, random, sold, refused);
            }
        });

        assertThat(TestDatabase.mariaDb().deadlocks()).as(tables::lastDeadlock).isEqualTo(deadlocks);
        assertThat(sold).as("branches sold").hasValueGreaterThan(50);
        assertThat(refused).as("branches refused").hasValueGreaterThan(0);
        assertThat(skus).allSatisfy(sku -> assertThat(tables.level(sku).get(0)).matches("\\d+/0/\\d+"));
    }

    /** What was released is reserved again under another xid at once, while others work on the same SKUs. */
    private void oneBranch(List<String> skus, Random random, AtomicInteger sold, AtomicInteger refused) {
        List<OrderLines> orders = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(5); i++) {
            Map<String, Integer> lines = new HashMap<>();
            for (int line = 0; line <= random.nextInt(4); line++) {
                lines.put(skus.get(random.nextInt(skus.size())), 1 + random.nextInt(3));
            }
            orders.add(order(lines));
        }
        boolean open = true;
        while (open) {
            Branch branch = branches.newBranch();
            try {
                branch.reserve(orders);
            } catch (OrdersRefusedException e) {
                refused.incrementAndGet();
                assertThat(branch.release()).isTrue();
                return;
            }
            if (random.nextBoolean()) {
                assertThat(branch.sell()).isTrue();
                sold.incrementAndGet();
                open = false;
            } else {
                assertThat(branch.release()).isTrue();
                open = random.nextInt(3) > 0;
            }
        }
    }

    @Test
    void twentyThreadsThatReserveTheSameOrderSellItOnce() throws Exception {
        OrderLines order = order(Map.of(tea, 1, cup, 1));
        CyclicBarrier together = new CyclicBarrier(20);
        AtomicInteger reserved = new AtomicInteger();
        inThreads(20, random -> {
            Branch branch = branches.newBranch();
            together.await(30, TimeUnit.SECONDS);
            try {
                branch.reserve(order);
                reserved.incrementAndGet();
                assertThat(branch.sell()).isTrue();
            } catch (DuplicateKeyException e) {
                assertThat(branch.release()).isTrue();
            }
        });

        assertThat(reserved).hasValue(1);
        assertThat(tables.level(tea)).containsExactly("9/0/1");
        assertThat(tables.level(cup)).containsExactly("4/0/1");
    }

    @FunctionalInterface
    private interface Work {
        void doWith(Random random) throws Exception;
    }

    private void inThreads(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int seed = 0; seed < count; seed++) {
                Random random = new Random(seed);
                results.add(threads.submit((Callable<Void>) () -> {
                    work.doWith(random);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                assertThat(result).as(tables::lastDeadlock).succeedsWithin(Duration.ofMinutes(3));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String newSku(String name) {
        return name + "-" + NUMBERS.incrementAndGet();
    }

    private static OrderLines order(Map<String, Integer> lines) {
        // Scattered, as real order ids are, so that inserts do not all meet at the end of the index.
        int number = NUMBERS.incrementAndGet();
        Map<Sku, Quantity> typed = new HashMap<>();
        lines.forEach((sku, quantity) -> typed.put(new Sku(sku), new Quantity(quantity)));
        return OrderLines.of(new OrderId(Integer.toHexString(number * 0x9E3779B1) + "-" + number), typed);
    }

    private static String idOf(OrderLines order) {
        return order.order().value();
    }
}
