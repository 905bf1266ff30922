package io.holdfast.stock.receipt;

import io.holdfast.edge.idempotency.IdempotencyKey;
import io.holdfast.stock.level.StockEvents;
import io.holdfast.stock.level.StockLevels;
import io.holdfast.stock.model.Quantity;
import io.holdfast.stock.model.Sku;
import io.holdfast.stock.receipt.ReceiptOutcome.KeyReused;
import io.holdfast.stock.receipt.ReceiptOutcome.Received;
import io.holdfast.stock.receipt.ReceiptOutcome.Repeated;
import io.holdfast.stock.receipt.ReceiptOutcome.TooMany;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Receives goods, once per idempotency key. */
@Component
class Receiving {

    private static final Logger log = LoggerFactory.getLogger(Receiving.class);
    private static final int ATTEMPTS = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final StockLevels levels;
    private final ReceiptMapper receipts;
    private final StockEvents events;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Receiving(
            StockLevels levels,
            ReceiptMapper receipts,
            StockEvents events,
            PlatformTransactionManager transactionManager,
            Clock clock) {
        this.levels = levels;
        this.receipts = receipts;
        this.events = events;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setTimeout((int) TIMEOUT.toSeconds());
    }

    ReceiptOutcome receive(IdempotencyKey key, Sku sku, Quantity quantity) {
        LocalDateTime now = LocalDateTime.now(clock);
        ReceiptRow wanted = new ReceiptRow(key.value(), sku.value(), quantity.value(), now);
        for (int attempt = 1; ; attempt++) {
            Optional<ReceiptRow> earlier = receipts.find(key.value());
            if (earlier.isPresent()) {
                return earlier.get().asksTheSameAs(wanted) ? new Repeated(earlier.get()) : new KeyReused();
            }
            try {
                return Objects.requireNonNull(transaction.execute(status -> {
                    if (!record(wanted, sku, quantity)) {
                        status.setRollbackOnly();
                        return new TooMany();
                    }
                    return new Received(wanted);
                }));
            } catch (DuplicateKeyException | PessimisticLockingFailureException e) {
                // A concurrent duplicate came first, which the next look-up finds; or InnoDB broke a deadlock of first
                // receipts.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                log.info("A receipt of {} is tried again: {}", sku, e.getClass().getSimpleName());
            }
        }
    }

    /** One receipt has one; a key may be as long as an id, so it cannot be a part of it. */
    private static String eventIdOf(ReceiptRow receipt) {
        return "receipt:" + UUID.nameUUIDFromBytes(receipt.idempotencyKey().getBytes(StandardCharsets.US_ASCII));
    }

    /** The stock first: concurrent duplicates then queue at its row, not at the key, where the losers would share a lock. */
    private boolean record(ReceiptRow receipt, Sku sku, Quantity quantity) {
        if (!levels.receiveFromOutside(sku, quantity)) {
            return false;
        }
        if (receipts.insert(receipt) != 1) {
            throw new IllegalStateException("I1: goods came in and their receipt was not recorded: " + receipt);
        }
        events.available(eventIdOf(receipt), sku, quantity.value());
        return true;
    }
}
