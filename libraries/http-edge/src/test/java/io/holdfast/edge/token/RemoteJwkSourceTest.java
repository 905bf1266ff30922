package io.holdfast.edge.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RemoteJwkSourceTest {

    private final TickingClock clock = new TickingClock();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile List<String> published = List.of("a");
    private volatile boolean away;

    private final RemoteJwkSource keys = new RemoteJwkSource(this::read, clock);

    private JWKSet read() throws KeySourceException {
        reads.incrementAndGet();
        if (away) {
            throw new RemoteKeySourceException("away", null);
        }
        return new JWKSet(published.stream().map(RemoteJwkSourceTest::key).toList());
    }

    @Test
    void keysAreReadOnceForManyTokens() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(named("a")).hasSize(1);
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void aNewKeyIsFoundWhenATokenNamesItAndAFloodOfInventedOnesIsNotPassedOn() throws Exception {
        named("a");
        published = List.of("b");
        assertThat(named("b")).isEmpty();
        clock.advance(RemoteJwkSource.BETWEEN_READS);

        assertThat(named("b")).hasSize(1);
        for (int i = 0; i < 100; i++) {
            assertThat(named("invented-" + i)).isEmpty();
        }
        assertThat(reads).hasValue(2);
    }

    @Test
    void whileTheIssuerIsAwayItIsAskedOnceInAWhileAndEverybodyFailsAtOnce() {
        away = true;
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> named("a")).isInstanceOf(KeySourceException.class);
            }
            assertThat(reads).hasValue(round);
            clock.advance(RemoteJwkSource.FAILURE_KEPT);
        }
    }

    @Test
    void anIssuerThatIsBackIsFoundAfterAMoment() throws Exception {
        away = true;
        assertThatThrownBy(() -> named("a")).isInstanceOf(KeySourceException.class);
        away = false;
        clock.advance(RemoteJwkSource.FAILURE_KEPT);

        assertThat(named("a")).hasSize(1);
    }

    @Test
    void keysThatAreKnownHoldForAWhileWithoutTheIssuerAndNotForEver() throws Exception {
        named("a");
        away = true;
        clock.advance(RemoteJwkSource.FRESH);
        assertThat(named("a")).hasSize(1);
        assertThat(reads).hasValue(2);

        clock.advance(RemoteJwkSource.KEPT.minus(RemoteJwkSource.FRESH));

        assertThatThrownBy(() -> named("a")).isInstanceOf(KeySourceException.class);
    }

    @Test
    void keysThatGoStaleAreReadAnewAndThoseThatAreGoneHoldNoMore() throws Exception {
        named("a");
        published = List.of("b");
        clock.advance(RemoteJwkSource.FRESH);

        assertThat(named("a")).isEmpty();
        assertThat(named("b")).hasSize(1);
    }

    @Test
    void nobodyQueuesBehindALookUpThatHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger lookUps = new AtomicInteger();
        RemoteJwkSource hanging = new RemoteJwkSource(
                () -> {
                    lookUps.incrementAndGet();
                    asked.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new RemoteKeySourceException("too late", null);
                },
                clock);
        ExecutorService callers = Executors.newFixedThreadPool(101);
        try {
            Future<?> first = callers.submit(() -> hanging.get(selector("a"), null));
            asked.await();
            long from = System.nanoTime();
            List<Future<Long>> others = IntStream.range(0, 100)
                    .mapToObj(i -> callers.submit(() -> {
                        assertThatThrownBy(() -> hanging.get(selector("a"), null))
                                .isInstanceOf(KeySourceException.class);
                        return System.nanoTime() - from;
                    }))
                    .toList();
            int atOnce = 0;
            for (Future<Long> other : others) {
                long nanos = other.get(10, TimeUnit.SECONDS);
                assertThat(nanos).isLessThan(Duration.ofSeconds(5).toNanos());
                atOnce += nanos < Duration.ofMillis(900).toNanos() ? 1 : 0;
            }
            assertThat(atOnce).as("all but the eight that may wait").isGreaterThanOrEqualTo(92);
            assertThat(lookUps).hasValue(1);
            answer.countDown();
            assertThatThrownBy(first::get).hasCauseInstanceOf(KeySourceException.class);
        } finally {
            answer.countDown();
            callers.shutdownNow();
        }
    }

    private List<JWK> named(String keyId) throws KeySourceException {
        return keys.get(selector(keyId), null);
    }

    private static JWKSelector selector(String keyId) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(keyId).build());
    }

    private static JWK key(String keyId) {
        try {
            return new OctetSequenceKeyGenerator(256).keyID(keyId).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
