package io.holdfast.edge.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.holdfast.edge.logging.RefusalLog;
import io.holdfast.edge.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits requests that need no token. The description of the API has one rate for all callers: it costs most, and nothing depends on it.
 * Health has one rate for each address, so that an anonymous caller cannot make a service look ill. The address is that of the
 * connection, which a header cannot forge; of an IPv6 address only the network half counts, because a caller can choose the other half.
 */
public final class AnonymousRateFilter extends OncePerRequestFilter {

    private static final long MAX_NETWORKS = 10_000;
    private static final int NETWORK_BYTES = 8;

    private final AnonymousRateProperties rate;
    private final RequestMatcher health;
    private final RequestMatcher documents;
    private final ProblemWriter problems;
    private final RefusalLog refusals;
    private final Bucket documentsBucket;
    private final Cache<String, Bucket> networkBuckets;

    public AnonymousRateFilter(
            AnonymousRateProperties rate,
            RequestMatcher health,
            RequestMatcher documents,
            ProblemWriter problems,
            RefusalLog refusals) {
        this.rate = rate;
        this.health = health;
        this.documents = documents;
        this.problems = problems;
        this.refusals = refusals;
        this.documentsBucket = newBucket();
        // After the time that it takes to fill a bucket, a new one is the same.
        this.networkBuckets = Caffeine.newBuilder()
                .maximumSize(MAX_NETWORKS)
                .expireAfterAccess(Duration.ofSeconds(1 + rate.burst() / rate.perSecond()))
                .build();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (health.matches(request)) {
            letIn(
                    networkBuckets.get(networkOf(request.getRemoteAddr()), address -> newBucket()),
                    request,
                    response,
                    chain);
        } else if (documents.matches(request)) {
            letIn(documentsBucket, request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void letIn(Bucket bucket, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) {
            chain.doFilter(request, response);
            return;
        }
        long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(probe.getNanosToWaitForRefill());
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        refusals.refused(HttpStatus.TOO_MANY_REQUESTS, request, "too many requests without a token");
        problems.write(
                HttpStatus.TOO_MANY_REQUESTS,
                "too-many-requests",
                "More than " + rate.perSecond() + " requests a second that need no token.",
                request,
                response);
    }

    static String networkOf(String address) {
        try {
            // A literal: nobody is asked for a name.
            InetAddress parsed = InetAddress.getByName(address);
            byte[] bytes = parsed.getAddress();
            return HexFormat.of()
                    .formatHex(parsed instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private Bucket newBucket() {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(rate.burst())
                        .refillGreedy(rate.perSecond(), Duration.ofSeconds(1))
                        .build())
                .build();
    }
}
