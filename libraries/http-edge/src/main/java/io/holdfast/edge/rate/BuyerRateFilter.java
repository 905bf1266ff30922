package io.holdfast.edge.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.holdfast.edge.access.AuthenticatedCaller;
import io.holdfast.edge.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits how fast one buyer may call, and how much at once, so that one script does not slow down everybody else. Operators are not
 * limited.
 */
public final class BuyerRateFilter extends OncePerRequestFilter {

    private static final long MAX_BUYERS = 100_000;

    private final ProblemWriter problems;
    private final BuyerRateProperties rate;
    private final Cache<String, Allowance> allowances;

    public BuyerRateFilter(BuyerRateProperties rate, ProblemWriter problems) {
        this.rate = rate;
        this.problems = problems;
        // After the time that it takes to fill a bucket, a new one is the same. A minute more, because a
        // request that is being worked on has to find its permit again.
        this.allowances = Caffeine.newBuilder()
                .maximumSize(MAX_BUYERS)
                .expireAfterAccess(Duration.ofSeconds(60 + rate.burst() / rate.perSecond()))
                .build();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        AuthenticatedCaller buyer =
                AuthenticatedCaller.find().filter(found -> !found.operator()).orElse(null);
        if (buyer == null) {
            chain.doFilter(request, response);
            return;
        }
        Allowance allowance = allowances.get(buyer.subject(), subject -> newAllowance());
        ConsumptionProbe probe = allowance.bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(probe.getNanosToWaitForRefill());
            refuse("More than " + rate.perSecond() + " requests a second from one buyer.", seconds, request, response);
        } else if (!allowance.inFlight.tryAcquire()) {
            refuse("More than " + rate.inFlight() + " requests at once from one buyer.", 1, request, response);
        } else {
            try {
                chain.doFilter(request, response);
            } finally {
                allowance.inFlight.release();
            }
        }
    }

    private void refuse(String why, long retryAfter, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter));
        problems.write(
                HttpStatus.TOO_MANY_REQUESTS, "too-many-requests", why + " Nothing was done.", request, response);
    }

    private Allowance newAllowance() {
        return new Allowance(
                Bucket.builder()
                        .addLimit(Bandwidth.builder()
                                .capacity(rate.burst())
                                .refillGreedy(rate.perSecond(), Duration.ofSeconds(1))
                                .build())
                        .build(),
                new Semaphore(rate.inFlight()));
    }

    private record Allowance(Bucket bucket, Semaphore inFlight) {}
}
