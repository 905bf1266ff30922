package io.holdfast.payment.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.model.FundsDecision.Granted;
import io.holdfast.payment.model.FundsDecision.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class FundsDecisionTest {

    private static final Map<BuyerId, Account> ACCOUNTS = Map.of(
            new BuyerId("ann"), account("ann", "CNY", 100),
            new BuyerId("bob"), account("bob", "EUR", 50),
            new BuyerId("max"), account("max", "CNY", Long.MAX_VALUE));

    @Test
    void ordersThatTheirBuyersCanPayAreGrantedTogetherByBuyer() {
        FundsDecision decision = FundsDecision.on(
                List.of(order("o1", "bob", 20, "EUR"), order("o2", "ann", 60, "CNY"), order("o3", "ann", 40, "CNY")),
                ACCOUNTS);

        assertThat(decision)
                .asInstanceOf(InstanceOfAssertFactories.type(Granted.class))
                .satisfies(granted -> assertThat(granted.amounts())
                        .containsExactly(Map.entry(new BuyerId("ann"), 100L), Map.entry(new BuyerId("bob"), 20L)));
    }

    @Test
    void aRefusedOrderLeavesItsMoneyToTheOnesAfterIt() {
        assertThat(refused(order("o1", "ann", 60, "CNY"), order("o2", "ann", 41, "CNY"), order("o3", "ann", 40, "CNY")))
                .containsExactly("o2 insufficient-funds 40");
    }

    @Test
    void everyOrderThatMustBeLeftOutIsNamedWithItsReason() {
        assertThat(refused(
                        order("o1", "ann", 101, "CNY"),
                        order("o2", "nobody", 1, "CNY"),
                        order("o3", "bob", 1, "CNY"),
                        order("o4", "bob", 50, "EUR"),
                        order("o5", "bob", 1, "EUR")))
                .containsExactly(
                        "o1 insufficient-funds 100",
                        "o2 insufficient-funds 0",
                        "o3 invalid-order 50",
                        "o5 insufficient-funds 0");
    }

    @Test
    void amountsThatOverflowWhenAddedAreRefusedLikeAnyOther() {
        assertThat(refused(order("o1", "max", Long.MAX_VALUE, "CNY"), order("o2", "max", Long.MAX_VALUE, "CNY")))
                .containsExactly("o2 insufficient-funds 0");
    }

    @Test
    void theListWithoutTheRefusedOrdersIsAlwaysGrantedAndNeverMoreThanTheBalance() {
        Random random = new Random(20260101);
        int refusing = 0;
        for (int round = 0; round < 2_000; round++) {
            Map<BuyerId, Account> accounts = new HashMap<>();
            for (int b = 0; b < 4; b++) {
                accounts.put(
                        new BuyerId("b" + b),
                        account("b" + b, random.nextInt(5) == 0 ? "EUR" : "CNY", random.nextInt(100)));
            }
            List<PaymentRequest> orders = new ArrayList<>();
            int count = 1 + random.nextInt(12);
            for (int o = 0; o < count; o++) {
                orders.add(order("o" + o, "b" + random.nextInt(5), 1 + random.nextInt(60), "CNY"));
            }
            FundsDecision decision = FundsDecision.on(orders, accounts);
            if (decision instanceof Refused refused) {
                refusing++;
                orders.removeIf(order -> refused.refusals().stream()
                        .anyMatch(refusal -> refusal.order().equals(order.order())));
                decision = FundsDecision.on(orders, accounts);
            }
            assertThat(decision)
                    .asInstanceOf(InstanceOfAssertFactories.type(Granted.class))
                    .satisfies(granted -> granted.amounts().forEach((buyer, amount) -> assertThat(amount)
                            .isBetween(1L, accounts.get(buyer).balance())));
        }
        assertThat(refusing).as("rounds with a refusal").isBetween(500, 1_990);
    }

    private static List<String> refused(PaymentRequest... orders) {
        FundsDecision decision = FundsDecision.on(List.of(orders), ACCOUNTS);
        assertThat(decision).isInstanceOf(Refused.class);
        return ((Refused) decision)
                .refusals().stream()
                        .map(refusal ->
                                refusal.order() + " " + refusal.reason().code() + " " + refusal.availableMinor())
                        .toList();
    }

    private static PaymentRequest order(String order, String buyer, long minor, String currency) {
        return new PaymentRequest(new OrderId(order), new BuyerId(buyer), new Money(minor, currency));
    }

    private static Account account(String buyer, String currency, long balance) {
        return new Account(new BuyerId(buyer), currency, balance, balance, 0, 0);
    }
}
