package io.holdfast.payment.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.StandInCoordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator;
import io.holdfast.payment.StandInCoordinator.Coordinator.Branch;
import io.holdfast.payment.StandInCoordinator.Database;
import io.holdfast.payment.account.Funds;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import io.holdfast.payment.model.PaymentOutcome;
import io.holdfast.payment.model.PaymentRequest;
import io.holdfast.payment.model.PaymentStatus;
import io.holdfast.tcc.TryRefusedException;
import io.holdfast.tcc.sql.testdatabase.TestDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What {@code payment.open} promises, on a real database, under whatever isolation the sessions have by default. */
@OnRealDatabase
abstract class OpenPaymentsContract {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Coordinator coordinator;
    private final JdbcTemplate jdbc;

    @Autowired
    private AutowireCapableBeanFactory beans;

    private final List<String> accounts = new ArrayList<>();

    private String ann;
    private String bob;

    OpenPaymentsContract(Coordinator coordinator, Database database) {
        this.coordinator = coordinator;
        this.jdbc = database.jdbc();
    }

    @BeforeEach
    void givenTwoBuyers() {
        ann = account(100);
        bob = account(50);
    }

    @AfterEach
    void everyAccountStillAddsUpAndAgreesWithItsPayments() {
        assertThat(accounts)
                .allSatisfy(buyer -> assertThat(jdbc.queryForMap("""
                        select balance + frozen + spent - deposited as missing,
                            frozen - (select coalesce(sum(amount), 0) from payment p
                                      where p.buyer_id = a.buyer_id and p.status = 'OPEN') as frozen_for_nothing,
                            spent - (select coalesce(sum(amount), 0) from payment p
                                     where p.buyer_id = a.buyer_id and p.status = 'CAPTURED') as spent_for_nothing
                        from account a where buyer_id = ?
                        """, buyer).values())
                        .as("I2, and what is frozen or spent without a payment")
                        .allSatisfy(difference ->
                                assertThat(((Number) difference).longValue()).isZero()));
    }

    @Test
    void theMoneyOfAnOrderIsFrozenAtTryAndSpentAtConfirm() {
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);

        branch.open(List.of(order));
        assertThat(money(ann)).isEqualTo("balance 70 frozen 30 spent 0");
        assertThat(statusOf(order)).containsExactly("OPEN");

        assertThat(branch.capture()).isTrue();
        assertThat(money(ann)).isEqualTo("balance 70 frozen 0 spent 30");
        assertThat(statusOf(order)).containsExactly("CAPTURED");
    }

    @Test
    void theMoneyOfAnOrderGoesBackAtCancel() {
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);
        branch.open(List.of(order));

        assertThat(branch.release()).isTrue();

        assertThat(money(ann)).isEqualTo("balance 100 frozen 0 spent 0");
        assertThat(statusOf(order)).containsExactly("RELEASED");
    }

    @Test
    void manyOrdersOfManyBuyersGoThroughOneBranch() {
        List<String> buyers = new ArrayList<>();
        List<PaymentRequest> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            buyers.add(account(10));
        }
        for (int i = 0; i < 180; i++) {
            orders.add(order(buyers.get(i % 60), 1 + i / 60));
        }
        Collections.shuffle(orders, new Random(7));
        Branch captured = coordinator.newBranch();
        Branch released = coordinator.newBranch();

        captured.open(orders);
        assertThat(buyers).allSatisfy(buyer -> assertThat(money(buyer)).isEqualTo("balance 4 frozen 6 spent 0"));
        released.open(buyers.stream().map(buyer -> order(buyer, 4)).toList());
        assertThat(captured.capture()).isTrue();
        assertThat(released.release()).isTrue();

        assertThat(buyers).allSatisfy(buyer -> assertThat(money(buyer)).isEqualTo("balance 4 frozen 0 spent 6"));
    }

    @Test
    void aRefusedTryNamesEveryOrderThatMustGoAndSetsNothingAside() {
        Branch branch = coordinator.newBranch();
        List<PaymentRequest> orders = List.of(
                order(ann, 60),
                order(bob, 51),
                order(ann, 60),
                order("nobody", 1),
                new PaymentRequest(newOrderId(), new BuyerId(bob), new Money(1, "EUR")),
                order(ann, 40));

        assertThat(refusalsOf(branch, orders))
                .containsExactly(
                        orders.get(1).order() + " insufficient-funds",
                        orders.get(2).order() + " insufficient-funds",
                        orders.get(3).order() + " insufficient-funds",
                        orders.get(4).order() + " invalid-order");

        assertThat(money(ann)).isEqualTo("balance 100 frozen 0 spent 0");
        assertThat(money(bob)).isEqualTo("balance 50 frozen 0 spent 0");
        assertThat(orders).allSatisfy(order -> assertThat(statusOf(order)).isEmpty());
        assertThat(fenceStatus(branch)).isEmpty();

        Branch again = coordinator.newBranch();
        again.open(List.of(orders.get(0), orders.get(5)));
        assertThat(money(ann)).isEqualTo("balance 0 frozen 100 spent 0");
    }

    @Test
    void ofTwoOrdersOfOneBuyerThatTogetherExceedTheBalanceTheFirstIsServed() {
        PaymentRequest first = order(ann, 60);
        PaymentRequest second = order(ann, 41);

        assertThat(refusalsOf(coordinator.newBranch(), List.of(first, second)))
                .containsExactly(second.order() + " insufficient-funds");
        assertThat(refusalsOf(coordinator.newBranch(), List.of(second, first)))
                .containsExactly(first.order() + " insufficient-funds");
    }

    @Test
    void ordersWhoseSumOverflowsAreRefused() {
        String rich = account(Long.MAX_VALUE);
        PaymentRequest first = order(rich, Long.MAX_VALUE);
        PaymentRequest second = order(rich, 2);

        assertThat(refusalsOf(coordinator.newBranch(), List.of(first, second)))
                .containsExactly(second.order() + " insufficient-funds");
        Branch branch = coordinator.newBranch();
        branch.open(List.of(first));
        assertThat(branch.capture()).isTrue();
        assertThat(money(rich)).isEqualTo("balance 0 frozen 0 spent " + Long.MAX_VALUE);
    }

    @Test
    void aSecondConfirmAndASecondCancelHaveNoEffect() {
        Branch captured = coordinator.newBranch();
        Branch released = coordinator.newBranch();
        captured.open(List.of(order(ann, 10)));
        released.open(List.of(order(ann, 20)));

        assertThat(captured.capture()).isTrue();
        assertThat(captured.capture()).isTrue();
        assertThat(released.release()).isTrue();
        assertThat(released.release()).isTrue();

        assertThat(money(ann)).isEqualTo("balance 90 frozen 0 spent 10");
    }

    @Test
    void aSecondTryOfABranchIsRefused() {
        Branch branch = coordinator.newBranch();
        branch.open(List.of(order(ann, 10)));

        assertThatThrownBy(() -> branch.open(List.of(order(ann, 10))))
                .isInstanceOf(TryRefusedException.Duplicate.class);

        assertThat(money(ann)).isEqualTo("balance 90 frozen 10 spent 0");
    }

    @Test
    void aTryThatComesAfterItsCancelIsRefused() {
        Branch branch = coordinator.newBranch();

        assertThat(branch.release()).isTrue();
        assertThatThrownBy(() -> branch.open(List.of(order(ann, 10))))
                .isInstanceOf(TryRefusedException.Suspended.class);

        assertThat(money(ann)).isEqualTo("balance 100 frozen 0 spent 0");
    }

    @Test
    void anOrderHasOneLivePaymentAndMayBePaidAnewOnceThatIsReleased() {
        PaymentRequest order = order(ann, 10);
        Branch first = coordinator.newBranch();
        Branch second = coordinator.newBranch();
        first.open(List.of(order));

        assertThatThrownBy(() -> second.open(List.of(order(bob, 1), order))).isInstanceOf(DuplicateKeyException.class);
        assertThat(money(ann)).isEqualTo("balance 90 frozen 10 spent 0");
        assertThat(money(bob)).isEqualTo("balance 50 frozen 0 spent 0");

        first.release();
        Branch third = coordinator.newBranch();
        third.open(List.of(order));
        third.capture();
        assertThat(statusOf(order)).containsExactlyInAnyOrder("RELEASED", "CAPTURED");
        assertThat(money(ann)).isEqualTo("balance 90 frozen 0 spent 10");
        assertThatThrownBy(() -> coordinator.newBranch().open(List.of(order)))
                .isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void twoTriesOfOneOrderAtOnceOpenItOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 10; round++) {
                PaymentRequest shared = order(ann, 1);
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<Boolean>> opened = new ArrayList<>();
                for (List<PaymentRequest> orders :
                        List.of(List.of(shared, order(bob, 1)), List.of(order(bob, 1), shared))) {
                    opened.add(threads.submit(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        try {
                            coordinator.newBranch().open(orders);
                            return true;
                        } catch (DuplicateKeyException e) {
                            return false;
                        }
                    }));
                }
                assertThat(List.of(
                                opened.get(0).get(2, TimeUnit.MINUTES),
                                opened.get(1).get(2, TimeUnit.MINUTES)))
                        .containsExactlyInAnyOrder(true, false);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(money(ann)).isEqualTo("balance 90 frozen 10 spent 0");
        assertThat(money(bob)).isEqualTo("balance 40 frozen 10 spent 0");
    }

    @Test
    void whatAnotherProcessHasOpenedIsCapturedAndReleasedAsItsRowsSay() {
        Coordinator afterARestart = coordinator.withAction(
                new OpenPayments(beans.createBean(PaymentRepository.class), beans.getBean(Funds.class)));
        Branch captured = coordinator.newBranch();
        Branch released = coordinator.newBranch();
        PaymentRequest one = order(ann, 30);
        PaymentRequest two = order(bob, 20);
        captured.open(List.of(one, order(ann, 5), two));
        released.open(List.of(order(ann, 15), order(bob, 10)));

        assertThat(afterARestart.branch(captured.xid, captured.branchId).capture())
                .isTrue();
        assertThat(afterARestart.branch(released.xid, released.branchId).release())
                .isTrue();

        assertThat(money(ann)).isEqualTo("balance 65 frozen 0 spent 35");
        assertThat(money(bob)).isEqualTo("balance 30 frozen 0 spent 20");
        assertThat(outcomes(beans.getBean(PaymentRepository.class), captured.xid, one, two))
                .containsExactly(PaymentOutcome.CAPTURED, PaymentOutcome.CAPTURED);
    }

    @Test
    void aCaptureIsReportedOnceItIsCommittedAndNotWhenItWasRolledBack() {
        PaymentRepository book = beans.getBean(PaymentRepository.class);
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);
        branch.open(List.of(order));
        new TransactionTemplate(beans.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            book.decide(branch.xid, branch.branchId, PaymentStatus.OPEN.to(PaymentStatus.CAPTURED));
            status.setRollbackOnly();
        });
        assertThat(outcomes(book, branch.xid, order)).containsExactly(PaymentOutcome.OPEN);

        assertThat(branch.capture()).isTrue();

        assertThat(outcomes(book, branch.xid, order)).containsExactly(PaymentOutcome.CAPTURED);
        assertThat(outcomes(book, StandInCoordinator.newXid(), order)).containsExactly(PaymentOutcome.NONE);
        Branch next = coordinator.newBranch();
        PaymentRequest another = order(ann, 1);
        next.open(List.of(another));
        assertThat(next.capture()).isTrue();
        assertThat(outcomes(book, next.xid, another, order))
                .containsExactly(PaymentOutcome.CAPTURED, PaymentOutcome.NONE);
    }

    @Test
    void whatThisProcessHasJustCapturedIsNotReadForTheAnswer() {
        PaymentRepository book = beans.getBean(PaymentRepository.class);
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);
        branch.open(List.of(order));
        assertThat(branch.capture()).isTrue();

        jdbc.update(
                "update payment set xid = 'hidden' where order_id = ?",
                order.order().value());

        assertThat(outcomes(book, branch.xid, order)).containsExactly(PaymentOutcome.CAPTURED);
        assertThat(outcomes(beans.createBean(PaymentRepository.class), branch.xid, order))
                .containsExactly(PaymentOutcome.NONE);
        jdbc.update(
                "update payment set xid = ? where order_id = ?",
                branch.xid,
                order.order().value());
    }

    private static List<PaymentOutcome> outcomes(PaymentRepository book, String xid, PaymentRequest... orders) {
        List<String> ids =
                Arrays.stream(orders).map(order -> order.order().value()).toList();
        Map<String, List<OrderStatus>> found = book.outcomes(xid, Set.copyOf(ids));
        return ids.stream()
                .map(id -> PaymentOutcome.of(found.getOrDefault(id, List.of()).stream()
                        .map(OrderStatus::status)
                        .toList()))
                .toList();
    }

    @Test
    void aConfirmThatDoesNotFindTheFrozenMoneyChangesNothingAndIsCounted() {
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);
        branch.open(List.of(order));
        jdbc.update("update account set frozen = 29, balance = 71 where buyer_id = ?", ann);

        assertThat(branch.capture()).isFalse();

        assertThat(money(ann)).isEqualTo("balance 71 frozen 29 spent 0");
        assertThat(statusOf(order)).containsExactly("OPEN");
        assertThat(fenceStatus(branch)).containsExactly(1);
        assertThat(jdbc.queryForObject(
                        "select concat(attempts, ' ', last_error) from tcc_fence_log where xid = ?",
                        String.class,
                        branch.xid))
                .startsWith("1 ")
                .contains("I2");

        jdbc.update("update account set frozen = 30, balance = 70 where buyer_id = ?", ann);
        // The starter attempts it when it is due, and answers the coordinator from what it knows.
        await().until(branch::capture);
        assertThat(money(ann)).isEqualTo("balance 70 frozen 0 spent 30");
    }

    @Test
    void aConfirmThatFindsAPaymentAlreadyDecidedChangesNothing() {
        Branch branch = coordinator.newBranch();
        PaymentRequest order = order(ann, 30);
        branch.open(List.of(order, order(ann, 20)));
        jdbc.update(
                "update payment set status = 'CAPTURED', decided_at = created_at where order_id = ?",
                order.order().value());

        assertThat(branch.capture()).isFalse();

        assertThat(money(ann)).isEqualTo("balance 50 frozen 50 spent 0");
        jdbc.update(
                "update payment set status = 'OPEN', decided_at = null where order_id = ?",
                order.order().value());
        await().until(branch::capture);
    }

    @Test
    void thirtyTwoThreadsWithRandomBuyersMeetNoDeadlockAndLoseNothing() throws Exception {
        List<String> buyers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            buyers.add(account(700));
        }
        int tried = triedBranches();
        long deadlocks = TestDatabase.mariaDb().deadlocks();
        AtomicInteger captured = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int t = 0; t < 32; t++) {
                Random random = new Random(t);
                results.add(threads.submit((Callable<Void>) () -> {
                    for (int round = 0; round < 20; round++) {
                        oneBranch(buyers, random, captured, refused);
                    }
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get(3, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(TestDatabase.mariaDb().deadlocks()).as("deadlocks").isEqualTo(deadlocks);
        assertThat(captured).as("captured branches").hasValueGreaterThan(50);
        assertThat(refused).as("refused Tries").hasValueGreaterThan(0);
        assertThat(triedBranches()).as("branches left TRIED").isEqualTo(tried);
    }

    /** Released orders are opened again at once, under another xid, while other threads work on the same buyers. */
    private void oneBranch(List<String> buyers, Random random, AtomicInteger captured, AtomicInteger refused) {
        List<PaymentRequest> orders = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            orders.add(order(buyers.get(random.nextInt(buyers.size())), 1 + random.nextInt(20)));
        }
        boolean open = true;
        while (open) {
            Branch branch = coordinator.newBranch();
            try {
                branch.open(orders);
            } catch (PaymentsRefusedException e) {
                refused.incrementAndGet();
                assertThat(branch.release()).isTrue();
                return;
            }
            if (random.nextBoolean()) {
                assertThat(branch.capture()).isTrue();
                captured.incrementAndGet();
                open = false;
            } else {
                assertThat(branch.release()).isTrue();
                open = random.nextInt(3) > 0;
            }
        }
    }

    private List<String> refusalsOf(Branch branch, List<PaymentRequest> orders) {
        PaymentsRefusedException refused =
                catchThrowableOfType(PaymentsRefusedException.class, () -> branch.open(orders));
        return refused.refusals().stream()
                .map(refusal -> refusal.order() + " " + refusal.reason().code())
                .toList();
    }

    private String account(long balance) {
        String buyer = "buyer-" + NUMBERS.incrementAndGet();
        jdbc.update("insert into account values (?, 'CNY', ?, ?, 0, 0)", buyer, balance, balance);
        accounts.add(buyer);
        return buyer;
    }

    private static PaymentRequest order(String buyer, long minor) {
        return new PaymentRequest(newOrderId(), new BuyerId(buyer), new Money(minor, "CNY"));
    }

    private static OrderId newOrderId() {
        // In the order of time, as real order ids are: ids that follow each other in time do so in every index.
        return new OrderId("order-%08d".formatted(NUMBERS.incrementAndGet()));
    }

    private String money(String buyer) {
        return jdbc.queryForObject(
                "select concat('balance ', balance, ' frozen ', frozen, ' spent ', spent) from account where buyer_id = ?",
                String.class,
                buyer);
    }

    private List<String> statusOf(PaymentRequest order) {
        return jdbc.queryForList(
                "select status from payment where order_id = ?",
                String.class,
                order.order().value());
    }

    private int triedBranches() {
        return jdbc.queryForList("select branch_id from tcc_fence_log where status = 1")
                .size();
    }

    private List<Integer> fenceStatus(Branch branch) {
        return jdbc.queryForList(
                "select status from tcc_fence_log where xid = ? and branch_id = ?",
                Integer.class,
                branch.xid,
                branch.branchId);
    }
}
