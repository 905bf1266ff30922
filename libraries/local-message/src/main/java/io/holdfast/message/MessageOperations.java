package io.holdfast.message;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** What people can see and do of local messages. */
public final class MessageOperations {

    private static final Logger log = LoggerFactory.getLogger(MessageOperations.class);

    private final MessageTable table;
    private final TransactionTemplate transaction;
    private final Clock clock;

    MessageOperations(MessageTable table, TransactionTemplate transaction, Clock clock) {
        this.table = table;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** The oldest first. */
    public List<ListedMessage> list(MessageStatus status, int limit) {
        return table.list(status, limit);
    }

    /** Of all that is not confirmed. */
    public List<Backlog> backlog() {
        return table.backlog();
    }

    /** The status of a message; empty if there is none, or it was confirmed long ago. */
    public Optional<MessageStatus> statusOf(String id) {
        return table.statusOf(id);
    }

    /**
     * Has a FAILED message sent anew, with all its attempts before it.
     *
     * @return whether it was FAILED
     */
    public boolean requeue(String id, String who, String reason) {
        String note = "sent anew by " + who + ": " + reason;
        boolean done = Boolean.TRUE.equals(
                transaction.execute(inTransaction -> table.requeue(id, note, clock.instant()) == 1));
        if (done) {
            log.warn("AUDIT local message {} is {}", id, oneLine(note));
        }
        return done;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
