package io.holdfast.payment.account;

import io.holdfast.payment.batch.Batches;
import io.holdfast.payment.model.Account;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.FundsDecision;
import io.holdfast.payment.model.PaymentRequest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Moves money within accounts, for payments. Each move works in the local transaction that is open, changes one row per buyer,
 * sorted by buyer, in one JDBC batch, and fails if a single row was not as it must be.
 */
@Component
public class Funds {

    private final AccountMapper accounts;
    private final Batches batches;

    Funds(AccountMapper accounts, Batches batches) {
        this.accounts = accounts;
        this.batches = batches;
    }

    /** What {@link #setAside} would say now. It locks nothing, so only the word of that one counts. */
    public FundsDecision foresee(List<PaymentRequest> orders) {
        return FundsDecision.on(orders, byBuyer(accounts.findAll(buyersOf(orders))));
    }

    /** From balance to frozen, for all orders together; if one is refused, nothing is moved. */
    public FundsDecision setAside(List<PaymentRequest> orders) {
        FundsDecision decision = FundsDecision.on(orders, byBuyer(accounts.lock(buyersOf(orders))));
        if (decision instanceof FundsDecision.Granted granted) {
            move("set aside", granted.amounts(), AccountMapper::setAside);
        }
        return decision;
    }

    private static SortedSet<String> buyersOf(List<PaymentRequest> orders) {
        return orders.stream().map(order -> order.buyer().value()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<BuyerId, Account> byBuyer(List<AccountRow> rows) {
        return rows.stream().map(AccountRow::toAccount).collect(Collectors.toMap(Account::buyer, Function.identity()));
    }

    /** From frozen to spent. */
    public void spend(SortedMap<BuyerId, Long> amounts) {
        move("spend", amounts, AccountMapper::spend);
    }

    /** From frozen to balance. */
    public void giveBack(SortedMap<BuyerId, Long> amounts) {
        move("give back", amounts, AccountMapper::giveBack);
    }

    /** From spent to balance. */
    public void refund(BuyerId buyer, long amount) {
        move("refund", new TreeMap<>(Map.of(buyer, amount)), AccountMapper::refund);
    }

    private void move(String what, SortedMap<BuyerId, Long> amounts, Move move) {
        int[] counts = batches.send(
                AccountMapper.class,
                batched -> amounts.forEach((buyer, amount) -> move.apply(batched, buyer.value(), amount)));
        if (counts.length != amounts.size()) {
            throw new IllegalStateException(
                    "I2: " + amounts.size() + " accounts to " + what + " from, " + counts.length + " answers");
        }
        int i = 0;
        for (BuyerId buyer : amounts.keySet()) {
            if (counts[i++] != 1) {
                throw new IllegalStateException(
                        "I2: the account of buyer " + buyer + " does not hold what is to be moved (" + what + ")");
            }
        }
    }

    @FunctionalInterface
    private interface Move {
        int apply(AccountMapper mapper, String buyerId, long amount);
    }
}
