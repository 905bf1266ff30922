package io.holdfast.payment.account;

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
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Moves money within accounts, for payments. Each move works in the local transaction that is open, changes one row per buyer,
 * locked in the order of the buyers, with one statement, and fails if a single row was not as it must be.
 */
@Component
public class Funds {

    private static final Logger log = LoggerFactory.getLogger(Funds.class);

    private final AccountMapper accounts;

    Funds(AccountMapper accounts) {
        this.accounts = accounts;
    }

    /** What {@link #setAside} would answer now. It locks nothing, so only the answer of that method counts. */
    public FundsDecision foresee(List<PaymentRequest> orders) {
        return FundsDecision.on(orders, byBuyer(accounts.findAll(buyersOf(orders))));
    }

    /** From balance to frozen, for all orders together; if one is refused, nothing is moved. */
    public FundsDecision setAside(List<PaymentRequest> orders) {
        return orders.size() == 1 && setAsideAlone(orders.get(0))
                ? new FundsDecision.Granted(new TreeMap<>(
                        Map.of(orders.get(0).buyer(), orders.get(0).amount().minor())))
                : setAsideUnderLock(orders);
    }

    /** For one order the guarded update decides. Only if it changes no row is the account read. */
    private boolean setAsideAlone(PaymentRequest order) {
        return accounts.setAsideAlone(
                        order.buyer().value(),
                        order.amount().currency(),
                        order.amount().minor())
                == 1;
    }

    private FundsDecision setAsideUnderLock(List<PaymentRequest> orders) {
        FundsDecision decision = FundsDecision.on(orders, byBuyer(accounts.lock(buyersOf(orders))));
        move("set aside", decision.amounts(), accounts::setAside);
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
        move("spend", amounts, accounts::spend);
    }

    /** From frozen to balance. */
    public void giveBack(SortedMap<BuyerId, Long> amounts) {
        move("give back", amounts, accounts::giveBack);
    }

    /** From spent to balance. */
    public void refund(BuyerId buyer, long amount) {
        move("refund", new TreeMap<>(Map.of(buyer, amount)), accounts::refund);
    }

    private static void move(
            String what, SortedMap<BuyerId, Long> amounts, ToIntFunction<SortedMap<String, Long>> move) {
        if (amounts.isEmpty()) {
            return;
        }
        SortedMap<String, Long> byBuyer = new TreeMap<>();
        amounts.forEach((buyer, amount) -> byBuyer.put(buyer.value(), amount));
        int moved = move.applyAsInt(byBuyer);
        if (moved != byBuyer.size()) {
            // A buyer may read why an attempt failed, and is not to read of others.
            log.error("I2: of these accounts only {} hold what is to be moved ({}): {}", moved, what, byBuyer);
            throw new IllegalStateException(
                    "I2: of " + byBuyer.size() + " accounts " + moved + " hold what is to be moved (" + what + ")");
        }
    }
}
