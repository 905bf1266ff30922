package io.holdfast.message;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Where a service writes its messages. They exist if, and only if, the local transaction is committed that they are written in. */
public final class LocalMessages {

    private final MessageTable table;
    private final MessageProperties properties;
    private final Clock clock;
    private final Consumer<List<OutgoingMessage>> afterCommit;

    LocalMessages(
            MessageTable table,
            MessageProperties properties,
            Clock clock,
            Consumer<List<OutgoingMessage>> afterCommit) {
        this.table = table;
        this.properties = properties;
        this.clock = clock;
        this.afterCommit = afterCommit;
    }

    /**
     * Writes messages in the local transaction that is open, with one statement. They are sent after its commit, on another thread; this
     * waits for no broker.
     *
     * @throws IllegalStateException if no transaction is open
     * @throws org.springframework.dao.DuplicateKeyException if one of the ids was used before
     */
    public void write(List<OutgoingMessage> messages) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new IllegalStateException("A local message is written in the transaction of what it speaks of");
        }
        if (messages.isEmpty()) {
            return;
        }
        List<OutgoingMessage> written = List.copyOf(messages);
        Instant now = clock.instant();
        table.insert(written, now, now.plus(properties.grace()));
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                afterCommit.accept(written);
            }
        });
    }
}
