package io.holdfast.message;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends messages and marks them, on one thread of its own, so that no order waits for Kafka.
 *
 * <p>Two ways lead here. What was just committed comes through a bounded queue; if that is full, or the process dies, or the broker is
 * away, it is lost here, but not in the table. And the recovery takes from the table whatever is due: forgotten, not answered, put off.
 * Every instance does so: it claims rows by moving their due time, and skips what another one has locked.
 *
 * <p>A message may be sent more than once, never less.
 */
final class MessageSender implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MessageSender.class);

    /** Messages that were committed and wait to be sent, at some 1 KB each. */
    private static final int LONGEST_QUEUE = 10_000;

    /** What is tried first when the broker was away: a page would keep the thread for as long, and fail for as many. */
    private static final int PROBE = 10;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final MessageTable table;
    private final Broker broker;
    private final TransactionTemplate transaction;
    private final MessageSettings settings;
    private final MessageMetrics metrics;
    private final Clock clock;
    private final Backoff resultBackoff;
    private final Backoff pauses;
    private final BlockingQueue<OutgoingMessage> fresh = new ArrayBlockingQueue<>(LONGEST_QUEUE);

    /** Only while the broker is away: when it is tried again. Written by the sender's thread alone. */
    private volatile @Nullable Instant away;

    private int failuresInARow;
    private @Nullable Thread thread;
    private volatile boolean running;

    MessageSender(
            MessageTable table,
            Broker broker,
            TransactionTemplate transaction,
            MessageSettings settings,
            MessageMetrics metrics,
            Clock clock,
            java.util.random.RandomGenerator random) {
        this.table = table;
        this.broker = broker;
        this.transaction = transaction;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.resultBackoff = new Backoff(settings.resultPatience(), settings.mostPatience(), random);
        Duration reconnect = settings.kafka().longestReconnect();
        this.pauses = new Backoff(reconnect.dividedBy(5), reconnect.multipliedBy(3), random);
    }

    /** Never blocks. What finds no place is left to the recovery. */
    void offer(List<OutgoingMessage> committed) {
        Instant pausedUntil = away;
        if (!running || pausedUntil != null && clock.instant().isBefore(pausedUntil)) {
            return;
        }
        for (OutgoingMessage message : committed) {
            if (!fresh.offer(message)) {
                return;
            }
        }
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            thread = new Thread(this::work, "local-message-sender");
            thread.start();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(STOP_LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the web server, and stopped after it. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void work() {
        Instant nextRecovery = clock.instant();
        while (running) {
            try {
                List<PendingMessage> gathered = gather();
                Instant now = clock.instant();
                Instant pausedUntil = away;
                if (pausedUntil != null && now.isBefore(pausedUntil)) {
                    // They are in the table, and due when the broker may be back.
                    continue;
                }
                if (!gathered.isEmpty()) {
                    send(gathered);
                }
                if (!now.isBefore(nextRecovery)) {
                    boolean more = recover();
                    nextRecovery = more ? now : now.plus(settings.recoveryInterval());
                }
            } catch (InterruptedException e) {
                if (running) {
                    log.warn("The sender of local messages was interrupted, and goes on");
                }
            } catch (RuntimeException e) {
                if (!running) {
                    // Interrupted on the way to the broker or to the database: what was not marked is sent again.
                    return;
                }
                // The database may be away. What was not marked is sent again.
                log.warn(
                        "Local messages could not be worked on; the next attempt is in {}",
                        settings.recoveryInterval(),
                        e);
                nextRecovery = clock.instant().plus(settings.recoveryInterval());
            }
        }
    }

    /** Waits for the next messages, up to the next look of the recovery. What comes shortly after is taken along. */
    private List<PendingMessage> gather() throws InterruptedException {
        List<PendingMessage> gathered = new ArrayList<>();
        long wait = Math.min(settings.recoveryInterval().toMillis(), 200);
        OutgoingMessage first = fresh.poll(wait, TimeUnit.MILLISECONDS);
        long until = System.nanoTime() + settings.linger().toNanos();
        for (OutgoingMessage next = first; next != null; ) {
            gathered.add(new PendingMessage(next, MessageStatus.NEW, 0));
            next = gathered.size() >= settings.page()
                    ? null
                    : fresh.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        return gathered;
    }

    /** @return whether there may be more that is due now */
    boolean recover() throws InterruptedException {
        int page = away == null ? settings.page() : PROBE;
        boolean more = false;
        for (MessageStatus status : List.of(MessageStatus.NEW, MessageStatus.SENT)) {
            List<PendingMessage> claimed = claim(status, page);
            more |= claimed.size() == page;
            if (!claimed.isEmpty() && !send(claimed)) {
                return false;
            }
        }
        return more;
    }

    /** Takes due rows for this instance, for as long as sending them may last, and gives up those that were tried too often. */
    private List<PendingMessage> claim(MessageStatus status, int page) {
        Instant now = clock.instant();
        Instant lease = now.plus(settings.kafka().sendTimeout().multipliedBy(3)).plus(settings.grace());
        List<PendingMessage> due = transaction.execute(inTransaction -> {
            List<PendingMessage> locked = table.lockDue(status, now, page);
            List<String> toBeSent = new ArrayList<>();
            for (PendingMessage message : locked) {
                if (isExhausted(message)) {
                    giveUp(message, now);
                } else {
                    toBeSent.add(message.id());
                }
            }
            table.postpone(toBeSent, lease, null, now);
            return locked;
        });
        return due == null
                ? List.of()
                : due.stream().filter(message -> !isExhausted(message)).toList();
    }

    private boolean isExhausted(PendingMessage message) {
        return message.attempts() >= settings.mostAttempts();
    }

    private void giveUp(PendingMessage message, Instant now) {
        String why = message.status() == MessageStatus.SENT
                ? "sent " + message.attempts() + " times, and no result has come"
                : "refused by the broker " + message.attempts() + " times";
        if (table.fail(message.id(), why, now) == 1) {
            log.error(
                    "Local message {} to {} FAILED: {}. A person has to look at it",
                    message.id(),
                    message.message().topic(),
                    why);
        }
    }

    /** @return false if the broker is away */
    private boolean send(List<PendingMessage> messages) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (PendingMessage pending : messages) {
            OutgoingMessage message = pending.message();
            Future<RecordMetadata> future =
                    broker.send(message.id(), message.topic(), message.key(), message.payload());
            sent.add(future);
            // A send that ends at once has failed; if that is because nobody is there, each further one would block as
            // long.
            if (future.isDone() && broker.answerOf(future).kind() == Broker.Kind.AWAY) {
                break;
            }
        }
        List<Sent> answers = new ArrayList<>();
        Broker.Answer lastAway = null;
        for (int i = 0; i < sent.size(); i++) {
            Broker.Answer answer = broker.answerOf(sent.get(i));
            metrics.sent(messages.get(i).message().topic(), answer.kind());
            answers.add(new Sent(messages.get(i), answer));
            lastAway = answer.kind() == Broker.Kind.AWAY ? answer : lastAway;
        }
        List<PendingMessage> unsent = messages.subList(sent.size(), messages.size());
        noteBroker(lastAway);
        String why = lastAway == null ? "" : lastAway.why();
        transaction.executeWithoutResult(inTransaction -> mark(answers, unsent, why));
        return lastAway == null;
    }

    private void mark(List<Sent> answers, List<PendingMessage> unsent, String why) {
        Instant now = clock.instant();
        List<String> done = new ArrayList<>();
        List<String> notTaken =
                new ArrayList<>(unsent.stream().map(PendingMessage::id).toList());
        for (Sent sent : answers) {
            PendingMessage message = sent.message();
            Instant next = now.plus(resultBackoff.after(message.attempts() + 1));
            switch (sent.answer().kind()) {
                case TAKEN -> {
                    if (message.message().awaitsResult()) {
                        table.sent(message.id(), next, now);
                    } else {
                        done.add(message.id());
                    }
                }
                case REFUSED -> {
                    log.warn(
                            "Kafka refuses local message {}: {}",
                            message.id(),
                            sent.answer().why());
                    table.refused(message.id(), next, sent.answer().why(), now);
                }
                case AWAY -> notTaken.add(message.id());
            }
        }
        table.confirmAll(done, now);
        Instant retry = away;
        table.postpone(notTaken, retry == null ? now : retry, why, now);
    }

    private void noteBroker(Broker.@Nullable Answer failure) {
        if (failure == null) {
            if (away != null) {
                log.info("Kafka takes messages again");
            }
            failuresInARow = 0;
            away = null;
            return;
        }
        failuresInARow++;
        Duration pause = pauses.after(failuresInARow);
        away = clock.instant().plus(pause);
        // Said once, and then again each time that the pause is at its longest: this may last for hours.
        if (failuresInARow == 1 || failuresInARow % 20 == 0) {
            log.warn(
                    "Kafka takes no messages, they wait in local_message; next attempt in {}: {}",
                    pause,
                    failure.why());
        }
    }

    private record Sent(PendingMessage message, Broker.Answer answer) {}
}
