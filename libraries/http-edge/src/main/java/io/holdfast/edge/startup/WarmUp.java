package io.holdfast.edge.startup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/**
 * Goes through one of a service's own paths once, before the service says that it is ready: classes are loaded, statements prepared and
 * connections open by then, which takes a second or two that no caller should wait for. Spring Boot runs it between the start of the web
 * server and the readiness that health reports.
 *
 * <p>It changes nothing that stays: SQL runs in a transaction that is rolled back.
 * A failure is logged and does not keep the service from starting.
 */
public final class WarmUp implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private final String what;
    private final Runnable path;
    private volatile boolean done;

    /**
     * @param what in a word or two, for the log
     * @param path bounded in time, and without any effect that stays
     */
    public WarmUp(String what, Runnable path) {
        this.what = what;
        this.path = path;
    }

    /** Whether it came to its end. */
    public boolean isDone() {
        return done;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        long from = System.nanoTime();
        try {
            path.run();
            done = true;
            log.info("Warm-up: {} in {} ms", what, (System.nanoTime() - from) / 1_000_000);
        } catch (RuntimeException e) {
            log.warn("Warm-up: {} failed, so the first request will take longer: {}", what, e.toString());
        }
    }
}
