package io.holdfast.edge.token;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an issuer that is asked over the network, by one thread at a time, and not again for a moment, whether it answered or not.
 * While it does not answer, every token that needs it fails at once, and nobody queues for it.
 *
 * <p>Keys are read again after 5 min, and when a token names an unknown key. If the issuer is away then, the keys that were read last
 * stay valid for 5 min more.
 */
final class RemoteJwkSource implements JWKSource<SecurityContext> {

    static final Duration FRESH = Duration.ofMinutes(5);
    static final Duration KEPT = Duration.ofMinutes(10);
    /** A flood of tokens with invented key ids must not become a flood of requests to the issuer. */
    static final Duration BETWEEN_READS = Duration.ofSeconds(1);

    static final Duration FAILURE_KEPT = Duration.ofSeconds(3);

    /** Where no key at all is known, a few may wait for the look-up of another. */
    private static final int WAITING = 8;

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Issuer issuer;
    private final Clock clock;
    private final ReentrantLock reading = new ReentrantLock();
    private final Semaphore waiting = new Semaphore(WAITING);
    private volatile @Nullable Read last;
    private volatile @Nullable Failure failure;

    RemoteJwkSource(Issuer issuer, Clock clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Read known = last;
        Instant now = clock.instant();
        if (known != null && now.isBefore(known.at.plus(KEPT))) {
            List<JWK> matching = selector.select(known.keys);
            boolean fresh = now.isBefore(known.at.plus(FRESH));
            boolean justRead = now.isBefore(known.at.plus(BETWEEN_READS));
            if (justRead || fresh && !matching.isEmpty()) {
                return matching;
            }
            return selector.select(matching.isEmpty() ? readOrFail(known, false) : readOr(known));
        }
        return selector.select(readOrFail(known, true));
    }

    /** What was read last serves until there is something newer. */
    private JWKSet readOr(Read known) {
        try {
            return readOrFail(known, false);
        } catch (KeySourceException notNow) {
            return known.keys;
        }
    }

    /**
     * @param known what the caller has found not to be enough; null if there was nothing
     * @param blind no token at all can be checked before there is an answer
     */
    private JWKSet readOrFail(@Nullable Read known, boolean blind) throws KeySourceException {
        failIfItJustFailed();
        if (!reading.tryLock() && !(blind && getsItsTurn())) {
            throw new RemoteKeySourceException("The issuer's keys are being read", null);
        }
        try {
            Read newer = last;
            if (newer != null && newer != known) {
                return newer.keys;
            }
            failIfItJustFailed();
            return read();
        } finally {
            reading.unlock();
        }
    }

    private JWKSet read() throws KeySourceException {
        try {
            JWKSet keys = issuer.read();
            last = new Read(keys, clock.instant());
            failure = null;
            return keys;
        } catch (KeySourceException e) {
            failure = new Failure(e, clock.instant());
            throw e;
        }
    }

    private boolean getsItsTurn() {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return reading.tryLock(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.release();
        }
    }

    private void failIfItJustFailed() throws KeySourceException {
        Failure before = failure;
        if (before != null && clock.instant().isBefore(before.at.plus(FAILURE_KEPT))) {
            throw new RemoteKeySourceException("The issuer's keys could not be read a moment ago", before.cause);
        }
    }

    /** Reads the keys, within a few seconds or not at all. */
    interface Issuer {
        JWKSet read() throws KeySourceException;
    }

    private record Read(JWKSet keys, Instant at) {}

    private record Failure(KeySourceException cause, Instant at) {}
}
