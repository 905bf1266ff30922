package io.holdfast.edge.logging;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.http.HttpStatus;

/**
 * Says why requests were refused: the log has some of them, the counter {@code holdfast.access.refused} all. Anonymous callers decide
 * how many there are, so they must not decide how much is written.
 */
public final class RefusalLog {

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    private static final int LINES_PER_SECOND = 5;
    private static final int LINES_AT_ONCE = 50;

    private final MeterRegistry metrics;
    private final AtomicLong omitted = new AtomicLong();
    private final Bucket lines = Bucket.builder()
            .addLimit(Bandwidth.builder()
                    .capacity(LINES_AT_ONCE)
                    .refillGreedy(LINES_PER_SECOND, Duration.ofSeconds(1))
                    .build())
            .build();

    public RefusalLog(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    public void refused(HttpStatus status, HttpServletRequest request, String why) {
        boolean logged = lines.tryConsume(1);
        Counter.builder("holdfast.access.refused")
                .description("Requests that were refused because of who sent them, or how many")
                .tag("status", Integer.toString(status.value()))
                .tag("logged", Boolean.toString(logged))
                .register(metrics)
                .increment();
        if (!logged) {
            omitted.incrementAndGet();
            return;
        }
        long before = omitted.getAndSet(0);
        log.atLevel(status.is5xxServerError() ? Level.ERROR : Level.INFO)
                .log(
                        "{} {} {}: {}{}",
                        status.value(),
                        LogText.bounded(request.getMethod()),
                        LogText.bounded(request.getRequestURI()),
                        LogText.bounded(why),
                        before == 0 ? "" : " (and " + before + " more that are not logged)");
    }
}
