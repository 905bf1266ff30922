package io.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.OnRealDatabase;
import io.holdfast.payment.StandInCoordinator.Database;
import io.holdfast.payment.account.DepositOutcome.Deposited;
import io.holdfast.payment.account.DepositOutcome.KeyReused;
import io.holdfast.payment.account.DepositOutcome.OtherCurrency;
import io.holdfast.payment.account.DepositOutcome.Repeated;
import io.holdfast.payment.account.DepositOutcome.TooMuch;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnRealDatabase
class DepositsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int DUPLICATES = 20;

    private final Deposits deposits;
    private final JdbcTemplate jdbc;
    private final BuyerId buyer = new BuyerId("depositor-" + NUMBERS.incrementAndGet());
    private final String key = "key-" + NUMBERS.incrementAndGet();

    DepositsTest(@Autowired Deposits deposits, @Autowired Database database) {
        this.deposits = deposits;
        this.jdbc = database.jdbc();
    }

    @Test
    void theFirstDepositMakesTheAccountAndFurtherOnesAddToIt() {
        assertThat(deposits.deposit(key, buyer, cny(70))).isInstanceOf(Deposited.class);
        assertThat(deposits.deposit(key + "-b", buyer, cny(30))).isInstanceOf(Deposited.class);

        assertThat(total()).isEqualTo("CNY 100");
    }

    @Test
    void aKeyTakesEffectOnceAndStandsForOneRequest() {
        deposits.deposit(key, buyer, cny(70));

        assertThat(deposits.deposit(key, buyer, cny(70))).isInstanceOf(Repeated.class);
        assertThat(deposits.deposit(key, buyer, cny(71))).isInstanceOf(KeyReused.class);
        assertThat(deposits.deposit(key, buyer, new Money(70, "EUR"))).isInstanceOf(KeyReused.class);
        assertThat(deposits.deposit(key, new BuyerId("other"), cny(70))).isInstanceOf(KeyReused.class);
        // Byte by byte: this is another key.
        assertThat(deposits.deposit(key.toUpperCase(Locale.ROOT), buyer, cny(1)))
                .isInstanceOf(Deposited.class);

        assertThat(total()).isEqualTo("CNY 71");
        assertThat(jdbc.queryForList("select 1 from account where buyer_id = 'other'"))
                .isEmpty();
    }

    @Test
    void anAccountKeepsItsCurrency() {
        deposits.deposit(key, buyer, cny(70));

        assertThat(deposits.deposit(key + "-b", buyer, new Money(1, "EUR"))).isEqualTo(new OtherCurrency("CNY"));
        assertThat(total()).isEqualTo("CNY 70");
        // The refusal took nothing, the key neither.
        assertThat(deposits.deposit(key + "-b", buyer, cny(1))).isInstanceOf(Deposited.class);
    }

    @Test
    void aDepositThatWouldOverflowTheAccountIsRefused() {
        deposits.deposit(key, buyer, cny(Long.MAX_VALUE - 1));

        assertThat(deposits.deposit(key + "-b", buyer, cny(2))).isInstanceOf(TooMuch.class);
        assertThat(deposits.deposit(key + "-c", buyer, cny(1))).isInstanceOf(Deposited.class);
        assertThat(deposits.deposit(key + "-d", buyer, cny(1))).isInstanceOf(TooMuch.class);

        assertThat(total()).isEqualTo("CNY " + Long.MAX_VALUE);
    }

    @Test
    void theSameKeyFromTwentyThreadsIsOneDeposit() throws Exception {
        List<DepositOutcome> outcomes = atOnce(i -> deposits.deposit(key, buyer, cny(70)));

        assertThat(countByType(outcomes)).isEqualTo(Map.of(Deposited.class, 1L, Repeated.class, DUPLICATES - 1L));
        assertThat(total()).isEqualTo("CNY 70");
    }

    @Test
    void theSameKeyFromTwentyBuyersIsOneDeposit() throws Exception {
        List<DepositOutcome> outcomes =
                atOnce(i -> deposits.deposit(key, new BuyerId(buyer.value() + "-" + i), cny(70)));

        assertThat(countByType(outcomes)).isEqualTo(Map.of(Deposited.class, 1L, KeyReused.class, DUPLICATES - 1L));
        assertThat(jdbc.queryForList(
                        "select deposited from account where buyer_id like ?", Long.class, buyer.value() + "-%"))
                .containsExactly(70L);
    }

    @Test
    void twentyFirstDepositsOfOneBuyerAllCount() throws Exception {
        List<DepositOutcome> outcomes = atOnce(i -> deposits.deposit(key + "-" + i, buyer, cny(1 + i)));

        assertThat(countByType(outcomes)).isEqualTo(Map.of(Deposited.class, (long) DUPLICATES));
        assertThat(total()).isEqualTo("CNY 210");
    }

    private static List<DepositOutcome> atOnce(IntFunction<DepositOutcome> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(DUPLICATES);
        try {
            CyclicBarrier start = new CyclicBarrier(DUPLICATES);
            List<Callable<DepositOutcome>> calls = new ArrayList<>();
            for (int i = 0; i < DUPLICATES; i++) {
                int number = i;
                calls.add(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return request.apply(number);
                });
            }
            List<DepositOutcome> outcomes = new ArrayList<>();
            for (Future<DepositOutcome> outcome : threads.invokeAll(calls, 60, TimeUnit.SECONDS)) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Map<Class<?>, Long> countByType(List<DepositOutcome> outcomes) {
        return outcomes.stream().collect(Collectors.groupingBy(Object::getClass, Collectors.counting()));
    }

    private String total() {
        return jdbc.queryForObject("""
                select concat(currency, ' ', deposited) from account
                where buyer_id = ? and balance = deposited
                """, String.class, buyer.value());
    }

    private static Money cny(long minor) {
        return new Money(minor, "CNY");
    }
}
