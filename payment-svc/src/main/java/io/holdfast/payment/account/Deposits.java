package io.holdfast.payment.account;

import io.holdfast.payment.account.DepositOutcome.Deposited;
import io.holdfast.payment.account.DepositOutcome.KeyReused;
import io.holdfast.payment.account.DepositOutcome.OtherCurrency;
import io.holdfast.payment.account.DepositOutcome.Repeated;
import io.holdfast.payment.account.DepositOutcome.TooMuch;
import io.holdfast.payment.model.BuyerId;
import io.holdfast.payment.model.Money;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings money in, once per idempotency key. */
@Component
class Deposits {

    private static final Logger log = LoggerFactory.getLogger(Deposits.class);
    private static final int ATTEMPTS = 3;

    private final AccountMapper accounts;
    private final DepositMapper deposits;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Deposits(
            AccountMapper accounts,
            DepositMapper deposits,
            PlatformTransactionManager transactionManager,
            Clock clock) {
        this.accounts = accounts;
        this.deposits = deposits;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
    }

    DepositOutcome deposit(String key, BuyerId buyer, Money amount) {
        LocalDateTime now = LocalDateTime.now(clock);
        DepositRow wanted = new DepositRow(key, buyer.value(), amount.minor(), amount.currency(), now);
        for (int attempt = 1; ; attempt++) {
            Optional<DepositRow> earlier = deposits.find(key);
            if (earlier.isPresent()) {
                return earlier.get().asksTheSameAs(wanted) ? new Repeated(earlier.get()) : new KeyReused();
            }
            try {
                return Objects.requireNonNull(transaction.execute(status -> {
                    DepositOutcome outcome = add(wanted);
                    if (!(outcome instanceof Deposited)) {
                        status.setRollbackOnly();
                    }
                    return outcome;
                }));
            } catch (DuplicateKeyException e) {
                // A concurrent duplicate committed first: the next look-up finds it.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (PessimisticLockingFailureException e) {
                // InnoDB may see a deadlock when the first deposit of a buyer is rolled back while others wait for it.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                log.info("A deposit of buyer {} met a deadlock and is tried again", buyer);
            }
        }
    }

    /**
     * The account comes first and the key last: concurrent duplicates queue at the account's row, which takes exclusive locks only,
     * and not at the key, where the losers of a duplicate check share a lock.
     */
    private DepositOutcome add(DepositRow wanted) {
        if (!addToAccount(wanted)) {
            accounts.ensure(wanted.buyerId(), wanted.currency());
            if (!addToAccount(wanted)) {
                String currency = accounts.find(wanted.buyerId()).orElseThrow().currency();
                return currency.equals(wanted.currency()) ? new TooMuch() : new OtherCurrency(currency);
            }
        }
        if (deposits.insert(wanted) != 1) {
            throw new IllegalStateException("I2: money came in and its deposit was not recorded, key " + wanted);
        }
        return new Deposited(wanted);
    }

    private boolean addToAccount(DepositRow wanted) {
        return accounts.deposit(wanted.buyerId(), wanted.currency(), wanted.amount(), Long.MAX_VALUE - wanted.amount())
                == 1;
    }
}
