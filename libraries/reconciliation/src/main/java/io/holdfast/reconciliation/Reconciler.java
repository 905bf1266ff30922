package io.holdfast.reconciliation;

import io.holdfast.background.BackgroundFailure;
import io.holdfast.background.BackgroundThreads;
import io.holdfast.reconciliation.CheckRun.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs each check from time to time, one instance of the service at a time: an instance claims the check's row with a lease, and only
 * the holder of the lease may record the findings.
 *
 * <p>What is found once may be a race, so nothing follows from it. What two consecutive runs find is open: it is logged once, counted,
 * and repaired if the check knows how. What is not found any more is closed.
 */
public final class Reconciler implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final int MAX_ERROR = 500;
    private static final int MAX_FORGOTTEN = 500;

    private final List<Check> checks;
    private final ReconciliationTable table;
    private final TransactionTemplate transaction;
    private final ReconciliationProperties properties;
    private final ReconciliationMetrics metrics;
    private final Clock clock;
    private final String instance = UUID.randomUUID().toString();
    private @Nullable ScheduledExecutorService scheduler;

    Reconciler(
            List<Check> checks,
            ReconciliationTable table,
            TransactionTemplate transaction,
            ReconciliationProperties properties,
            ReconciliationMetrics metrics,
            Clock clock) {
        Set<String> names = new HashSet<>();
        checks.forEach(check -> {
            if (!names.add(check.name())) {
                throw new IllegalArgumentException("There are two checks with the name " + check.name());
            }
        });
        this.checks = List.copyOf(checks);
        this.table = table;
        this.transaction = transaction;
        this.properties = properties;
        this.metrics = metrics;
        this.clock = clock;
    }

    List<Check> checks() {
        return checks;
    }

    @Override
    public synchronized void start() {
        if (!properties.enabled()) {
            log.warn("holdfast.reconciliation.enabled is false: no check runs by itself");
        }
        scheduler = BackgroundThreads.scheduler("reconciler", 1);
        scheduler.scheduleWithFixedDelay(
                this::round,
                properties.initialDelay().toMillis(),
                properties.period().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            // A run that is interrupted leaves a lease, which ends.
            scheduler.shutdownNow();
            scheduler = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }

    private void round() {
        try {
            if (properties.enabled()) {
                // Several instances make their rounds at different times; together they are to run each check once a
                // period.
                Instant notSince = now().minus(properties.period().dividedBy(2));
                for (Check check : checks) {
                    Instant due = now().minus(check.every());
                    runOrAlarm(check, due.isBefore(notSince) ? due : notSince);
                }
                transaction.execute(running -> table.forgetClosed(now().minus(properties.retention()), MAX_FORGOTTEN));
            }
            publish();
        } catch (RuntimeException e) {
            // The database may be away.
            log.warn("A round of the reconciler failed; the next one comes", e);
        }
    }

    /** One check whose class is missing must not keep the others from running; the lease of its run ends by itself. */
    private void runOrAlarm(Check check, Instant notSince) {
        try {
            run(check, notSince);
        } catch (Error e) {
            BackgroundFailure.alarm("check " + check.name(), e);
        }
    }

    /**
     * Runs every check now, whenever it ran before.
     *
     * @return how many ran; other instances are running the others
     */
    int runAll() {
        int ran = 0;
        for (Check check : checks) {
            ran += run(check, null) ? 1 : 0;
        }
        publish();
        return ran;
    }

    /** @return false if it is not due, or another instance is running it */
    private boolean run(Check check, @Nullable Instant notSince) {
        String holder = instance + "/" + UUID.randomUUID();
        Instant began = now();
        if (!claim(check, holder, began, notSince)) {
            return false;
        }
        try {
            List<KnownFinding> known = table.notClosed(check.name());
            CheckResult result = check.run(new CheckState(
                    table.cursor(check.name()),
                    known.stream().map(KnownFinding::subject).toList()));
            Map<String, Finding> found = bySubject(result.findings());
            transaction.executeWithoutResult(running -> record(check, holder, began, result, found, known));
            metrics.ran(check.name(), Outcome.COMPLETED);
            repair(check, found);
        } catch (NotCompletedException e) {
            endWithout(check, holder, began, Outcome.NOT_COMPLETED, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("The check {} could not be made", check.name(), e);
            endWithout(check, holder, began, Outcome.FAILED, e.getClass().getSimpleName());
        }
        return true;
    }

    private boolean claim(Check check, String holder, Instant now, @Nullable Instant notSince) {
        try {
            if (!table.knows(check.name())) {
                transaction.execute(running -> table.enter(check.name()));
            }
        } catch (DuplicateKeyException e) {
            log.debug("Another instance entered the check {} first", check.name());
        }
        Integer claimed = transaction.execute(
                running -> table.claim(check.name(), holder, now, now.plus(properties.lease()), notSince));
        return claimed != null && claimed == 1;
    }

    private static Map<String, Finding> bySubject(List<Finding> findings) {
        return findings.stream()
                .collect(Collectors.toMap(
                        Finding::subject, Function.identity(), (first, second) -> first, LinkedHashMap::new));
    }

    private void record(
            Check check,
            String holder,
            Instant began,
            CheckResult result,
            Map<String, Finding> found,
            List<KnownFinding> known) {
        Instant now = now();
        if (table.end(check.name(), holder, now, result, millis(began, now)) != 1) {
            throw new NotCompletedException("it took longer than its lease, and another instance runs it");
        }
        Map<String, KnownFinding> before =
                known.stream().collect(Collectors.toMap(KnownFinding::subject, Function.identity()));
        found.forEach((subject, finding) -> {
            KnownFinding earlier = before.get(subject);
            if (earlier == null) {
                table.suspect(check.name(), finding, now);
            }
            if (earlier == null && !check.certain()) {
                return;
            }
            boolean isNew = earlier == null || earlier.state() == FindingState.SUSPECTED;
            if (table.seenAgain(check.name(), finding, now) == 1 && isNew) {
                log.warn("FINDING {} {} {}: {}", check.invariant(), check.name(), subject, finding.detail());
            }
        });
        if (result.whole()) {
            before.keySet().stream()
                    .filter(subject -> !found.containsKey(subject))
                    .forEach(subject -> {
                        if (table.close(check.name(), subject, now) == 1) {
                            log.info("The finding {} {} is over", check.name(), subject);
                        } else {
                            table.dropSuspicion(check.name(), subject);
                        }
                    });
        }
    }

    /** Repairs what is open now and has not been repaired yet. */
    private void repair(Check check, Map<String, Finding> found) {
        for (KnownFinding open : new ArrayList<>(table.notClosed(check.name()))) {
            Finding finding = found.get(open.subject());
            if (open.state() != FindingState.OPEN || open.repairedAt() != null || finding == null) {
                continue;
            }
            Finding.Repair repair = finding.repair();
            if (repair == null) {
                continue;
            }
            try {
                String done = repair.carryOut();
                transaction.execute(running -> table.repaired(check.name(), open.subject(), done, now()));
                metrics.repaired(check.name());
                log.warn("REPAIRED {} {}: {}", check.name(), open.subject(), done);
            } catch (RuntimeException e) {
                log.warn("The finding {} {} could not be repaired", check.name(), open.subject(), e);
            }
        }
    }

    private void endWithout(Check check, String holder, Instant began, Outcome outcome, String why) {
        Instant now = now();
        String error = why.length() <= MAX_ERROR ? why : why.substring(0, MAX_ERROR);
        metrics.ran(check.name(), outcome);
        transaction.execute(running -> table.endWithout(check.name(), holder, now, outcome, error, millis(began, now)));
    }

    private void publish() {
        List<CheckRun> runs = checks.stream()
                .flatMap(check -> table.run(check.name()).stream())
                .toList();
        metrics.publish(checks, runs, table.countOpen(), now());
    }

    private static long millis(Instant from, Instant to) {
        return to.toEpochMilli() - from.toEpochMilli();
    }

    private Instant now() {
        return clock.instant();
    }
}
