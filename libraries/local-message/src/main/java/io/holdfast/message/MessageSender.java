package io.holdfast.message;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends messages and marks them, on one thread of its own, so that no order waits for Kafka.
 *
 * <p>Messages come from two places. What was just committed comes through a bounded queue; if the queue is full, the process dies or the
 * broker is down, the message is lost from the queue, but not from the table. And the recovery reads from the table whatever is due:
 * never sent, not answered, or postponed. Every instance does so: it claims rows by moving their due time, and skips rows that another
 * one has locked. Commands go before events: somebody waits for them.
 *
 * <p>A topic that accepts nothing delays no other topic: its messages are left alone (see {@link TopicOutages}), and what a broker has not
 * acknowledged within a second is marked when it does.
 *
 * <p>A message may be sent more than once, never less.
 */
final class MessageSender implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MessageSender.class);

    /** Messages that were committed and wait to be sent, at some 1 KB each. */
    private static final int MAX_QUEUE = 10_000;

    /** How long all wait for the answers to what was sent together; a broker that is well takes milliseconds. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(1);

    private static final Comparator<PendingMessage> COMMANDS_FIRST =
            Comparator.comparing(pending -> pending.message().awaitsResult() ? 0 : 1);

    private static final String TASK = "local-message-sender";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final MessageTable table;
    private final Broker broker;
    private final TransactionTemplate transaction;
    private final MessageProperties properties;
    private final MessageMetrics metrics;
    private final Clock clock;
    private final Backoff resultBackoff;
    private final TopicOutages outages;
    private final BlockingQueue<OutgoingMessage> fresh = new ArrayBlockingQueue<>(MAX_QUEUE);

    /** Sent, and not answered yet: of topics without a leader, as a rule. Nothing more goes to them meanwhile. Only the sender's thread. */
    private final List<InFlight> unanswered = new ArrayList<>();

    private @Nullable Thread thread;
    private volatile boolean running;

    MessageSender(
            MessageTable table,
            Broker broker,
            TransactionTemplate transaction,
            MessageProperties properties,
            MessageMetrics metrics,
            Clock clock,
            java.util.random.RandomGenerator random) {
        this.table = table;
        this.broker = broker;
        this.transaction = transaction;
        this.properties = properties;
        this.metrics = metrics;
        this.clock = clock;
        this.resultBackoff = new Backoff(properties.resultPatience(), properties.maxPatience(), random);
        Duration reconnect = properties.kafka().maxReconnectInterval();
        Backoff pauses = new Backoff(reconnect.dividedBy(5), reconnect.multipliedBy(3), random);
        this.outages = new TopicOutages(broker::reaches, pauses, clock);
    }

    /** Never blocks. What finds no place is left to the recovery. */
    void offer(List<OutgoingMessage> committed) {
        if (!running) {
            return;
        }
        for (OutgoingMessage message : committed) {
            if (!outages.concerns(message.topic()) && !fresh.offer(message)) {
                return;
            }
        }
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            outages.start();
            thread = BackgroundThreads.lasting(TASK, this::work, () -> running);
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
        outages.stop();
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
                outages.probeThoseThatAreDue();
                settle();
                if (!gathered.isEmpty()) {
                    send(gathered);
                }
                if (!now.isBefore(nextRecovery)) {
                    boolean more = recover();
                    nextRecovery = more ? now : now.plus(properties.recoveryInterval());
                }
            } catch (InterruptedException e) {
                if (running) {
                    log.warn("The sender of local messages was interrupted, and goes on");
                }
            } catch (RuntimeException | Error e) {
                if (!running) {
                    // Interrupted on the way to the broker or to the database: what was not marked is sent again.
                    return;
                }
                nextRecovery = clock.instant().plus(properties.recoveryInterval());
                if (e instanceof Error) {
                    BackgroundFailure.alarm(TASK, e);
                    continue;
                }
                // The database may be away. What was not marked is sent again.
                log.warn(
                        "Local messages could not be worked on; the next attempt is in {}",
                        properties.recoveryInterval(),
                        e);
            }
        }
    }

    /** Waits for the next messages, up to the next look of the recovery. What comes shortly after is taken along. */
    private List<PendingMessage> gather() throws InterruptedException {
        List<PendingMessage> gathered = new ArrayList<>();
        long wait = Math.min(properties.recoveryInterval().toMillis(), 200);
        OutgoingMessage first = fresh.poll(wait, TimeUnit.MILLISECONDS);
        long until = System.nanoTime() + properties.linger().toNanos();
        for (OutgoingMessage next = first; next != null; ) {
            gathered.add(new PendingMessage(next, MessageStatus.NEW, 0));
            next = gathered.size() >= properties.page()
                    ? null
                    : fresh.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        gathered.sort(COMMANDS_FIRST);
        return gathered;
    }

    /** @return whether there may be more that is due now */
    boolean recover() throws InterruptedException {
        boolean more = claimAndSend(MessageStatus.SENT, true);
        more |= claimAndSend(MessageStatus.NEW, true);
        more |= claimAndSend(MessageStatus.NEW, false);
        return more;
    }

    private boolean claimAndSend(MessageStatus status, boolean commands) throws InterruptedException {
        Claimed claimed = claim(status, commands);
        if (!claimed.messages().isEmpty()) {
            send(claimed.messages());
        }
        return claimed.wholePage();
    }

    private boolean isHeld(String topic) {
        return outages.holds(topic) || waitsForAnswer(topic);
    }

    private boolean waitsForAnswer(String topic) {
        return unanswered.stream().anyMatch(sent -> sent.topic().equals(topic));
    }

    private List<String> heldTopics() {
        return Stream.concat(outages.held().stream(), unanswered.stream().map(InFlight::topic))
                .distinct()
                .toList();
    }

    /** For as long as sending may last. */
    private Instant lease(Instant now) {
        return now.plus(properties.kafka().sendTimeout().multipliedBy(3)).plus(properties.grace());
    }

    /** Takes due rows for this instance, and gives up those that were tried too often. */
    private Claimed claim(MessageStatus status, boolean commands) {
        Instant now = clock.instant();
        Instant lease = lease(now);
        List<String> held = heldTopics();
        List<PendingMessage> due = transaction.execute(inTransaction -> {
            List<PendingMessage> locked = table.lockDue(status, commands, held, now, properties.page());
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
        List<PendingMessage> found = due == null ? List.of() : due;
        return new Claimed(
                found.stream().filter(message -> !isExhausted(message)).toList(), found.size() == properties.page());
    }

    private boolean isExhausted(PendingMessage message) {
        return message.attempts() >= properties.maxAttempts();
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

    private void send(List<PendingMessage> messages) throws InterruptedException {
        List<InFlight> sent = new ArrayList<>();
        List<PendingMessage> unsent = new ArrayList<>();
        Set<String> tried = new HashSet<>();
        Map<String, String> away = new LinkedHashMap<>();
        for (PendingMessage pending : messages) {
            String topic = pending.message().topic();
            // To one that took nothing last time, one message goes first.
            if (isHeld(topic) || away.containsKey(topic) || outages.concerns(topic) && !tried.add(topic)) {
                unsent.add(pending);
                continue;
            }
            InFlight one = send(pending);
            sent.add(one);
            // A send that ends at once has failed, as a rule; each further one to this topic would block as long.
            if (one.answer().isDone()) {
                Broker.Answer answer = broker.answerOf(one.answer());
                if (answer.kind() == Broker.Kind.AWAY) {
                    away.put(topic, answer.why());
                }
            }
        }
        await(sent);
        List<InFlight> late =
                sent.stream().filter(one -> !one.answer().isDone()).toList();
        sent.removeAll(late);
        unanswered.addAll(late);
        mark(sent, late, unsent);
    }

    private InFlight send(PendingMessage pending) {
        OutgoingMessage message = pending.message();
        Provenance.Type type = message.awaitsResult() ? Provenance.Type.COMMAND : Provenance.Type.EVENT;
        Future<RecordMetadata> answer =
                broker.send(type, message.id(), message.topic(), message.key(), message.payload());
        return new InFlight(pending, answer, System.nanoTime());
    }

    /** For all of them together, so that a topic without an answer costs once. */
    private static void await(List<InFlight> sent) throws InterruptedException {
        long until = System.nanoTime() + ANSWER_PATIENCE.toNanos();
        for (InFlight one : sent) {
            try {
                one.answer().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                log.trace("Not taken, or not yet: {}", one.message().id(), e);
            }
        }
    }

    /** Marks what has been answered since. */
    private void settle() throws InterruptedException {
        long most = properties.kafka().sendTimeout().multipliedBy(2).toNanos();
        List<InFlight> answered = unanswered.stream()
                // The client ends every send by itself, within the send timeout; the rest is for a busy machine.
                .filter(one -> one.answer().isDone() || System.nanoTime() - one.sentAt() > most)
                .toList();
        if (!answered.isEmpty()) {
            unanswered.removeAll(answered);
            mark(answered, List.of(), List.of());
        }
    }

    /**
     * Writes down what became of messages.
     *
     * @param answered what the broker has taken or refused, or what did not reach it
     * @param late what it has not answered yet; nobody else sends them meanwhile
     * @param unsent what was not sent, because nothing is to be sent to its topic now
     */
    private void mark(List<InFlight> answered, List<InFlight> late, List<PendingMessage> unsent)
            throws InterruptedException {
        List<Sent> answers = new ArrayList<>();
        for (InFlight one : answered) {
            Broker.Answer answer = one.answer().isDone()
                    ? broker.answerOf(one.answer())
                    : new Broker.Answer(Broker.Kind.AWAY, "no answer from the broker");
            metrics.sent(one.topic(), answer.kind());
            answers.add(new Sent(one.message(), answer));
        }
        Map<String, String> away = noteTopics(answers);
        transaction.executeWithoutResult(inTransaction -> write(answers, late, unsent, away));
    }

    /** @return the topics that took nothing, with why */
    private Map<String, String> noteTopics(List<Sent> answers) {
        Map<String, String> away = answers.stream()
                .filter(sent -> sent.answer().kind() == Broker.Kind.AWAY)
                .collect(Collectors.toMap(
                        Sent::topic, sent -> sent.answer().why(), (first, second) -> first, LinkedHashMap::new));
        away.forEach(outages::failed);
        answers.stream()
                .map(Sent::topic)
                .distinct()
                .filter(topic -> !away.containsKey(topic))
                .forEach(outages::taken);
        return away;
    }

    private void write(List<Sent> answers, List<InFlight> late, List<PendingMessage> unsent, Map<String, String> away) {
        Instant now = clock.instant();
        List<String> done = new ArrayList<>();
        List<PendingMessage> notTaken = new ArrayList<>(unsent);
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
                case AWAY -> notTaken.add(message);
            }
        }
        table.confirmAll(done, now);
        table.postpone(late.stream().map(one -> one.message().id()).toList(), lease(now), null, now);
        notTaken.stream()
                .collect(Collectors.groupingBy(
                        message -> message.message().topic(),
                        Collectors.mapping(PendingMessage::id, Collectors.toList())))
                .forEach((topic, ids) -> table.postpone(ids, next(topic, now), away.get(topic), now));
    }

    private Instant next(String topic, Instant now) {
        Instant next = waitsForAnswer(topic) ? now.plus(ANSWER_PATIENCE) : outages.next(topic);
        return next.isBefore(now) ? now : next;
    }

    /** @param sentAt in nanoseconds of {@link System#nanoTime} */
    private record InFlight(PendingMessage message, Future<RecordMetadata> answer, long sentAt) {

        String topic() {
            return message.message().topic();
        }
    }

    private record Sent(PendingMessage message, Broker.Answer answer) {

        String topic() {
            return message.message().topic();
        }
    }

    /** @param wholePage whether there may be more */
    private record Claimed(List<PendingMessage> messages, boolean wholePage) {}
}
