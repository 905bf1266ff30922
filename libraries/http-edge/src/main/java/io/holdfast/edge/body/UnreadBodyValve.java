package io.holdfast.edge.body;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Reads the rest of a body that nobody read, such as that of a request without a token, so that the connection can carry the next
 * request. It gives up on a body that does not arrive. The server itself would wait for all of it, however slowly it comes, and keep a
 * thread for it.
 *
 * <p>A caller that is given up on gets {@code Connection: close}, unless the answer is on its way already; otherwise it would send its
 * next request in vain. The valve is patient for a second: a caller that is still sending when the connection is closed does not see the
 * answer. A caller that sends nothing for a moment is not sending. Nothing here waits in a read: a read takes as long as a connection
 * may be idle, and a few dozen silent clients would get all threads.
 *
 * <p>Only a few threads wait like that. Without a permit nobody waits: the answer is sent, and the connection is closed at once.
 */
final class UnreadBodyValve extends ValveBase {

    /** An attribute of a request that has a body: a {@link BooleanSupplier} that knows, without waiting, whether there is more of it. */
    static final String BODY_ARRIVED = UnreadBodyValve.class.getName() + ".bodyArrived";

    private static final Logger log = LoggerFactory.getLogger(UnreadBodyValve.class);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PAUSE_MILLIS = 5;
    private static final int MAX_READS_AT_ONCE = 16;

    private final Semaphore permits;

    /** @param permits how many threads may wait at the same time */
    UnreadBodyValve(int permits) {
        super(true);
        this.permits = new Semaphore(permits);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        org.apache.coyote.Request connection = request.getCoyoteRequest();
        // Who expects to be asked for the body sends none before somebody reads.
        if (!connection.isFinished() && !connection.hasExpectation()) {
            request.setAttribute(BODY_ARRIVED, (BooleanSupplier) () -> hasMore(connection));
        }
        getNext().invoke(request, response);
        if (request.isAsync() || connection.isFinished()) {
            return;
        }
        boolean waits = false;
        try {
            // Who expects to be asked for the body sends none when refused.
            boolean expected = !connection.hasExpectation();
            if (expected) {
                readWhatIsThere(connection);
            }
            if (!connection.isFinished()) {
                waits = expected && permits.tryAcquire();
                boolean sending = waits && readTheRest(connection);
                if (!connection.isFinished()) {
                    // Says nothing if the answer is on its way already.
                    response.setHeader(HttpHeaders.CONNECTION, "close");
                    response.finishResponse();
                    if (sending) {
                        readTheRest(connection);
                    }
                }
            }
        } catch (IOException e) {
            log.debug("The rest of a body did not come", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (waits) {
                permits.release();
            }
            if (!connection.isFinished()) {
                connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    /** The whole of it, as a rule: a small body comes with its headers or right behind them. No more than fits into a few packets. */
    private static void readWhatIsThere(org.apache.coyote.Request connection) throws IOException {
        Ignored rest = new Ignored();
        for (int reads = 0; reads < MAX_READS_AT_ONCE && !connection.isFinished() && hasMore(connection); reads++) {
            connection.doRead(rest);
            rest.forget();
        }
    }

    /** Whether the caller was still sending when this ended. */
    private static boolean readTheRest(org.apache.coyote.Request connection) throws IOException, InterruptedException {
        Ignored rest = new Ignored();
        long started = System.nanoTime();
        long heard = started;
        // Not a byte further than the body goes: what follows it is the next request.
        while (!connection.isFinished()) {
            long now = System.nanoTime();
            if (now - heard >= SILENCE_NANOS) {
                return false;
            }
            if (now - started >= PATIENCE_NANOS) {
                return true;
            }
            if (hasMore(connection)) {
                heard = now;
                connection.doRead(rest);
                rest.forget();
            } else {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
        return true;
    }

    /** Without waiting for it. */
    private static boolean hasMore(org.apache.coyote.Request connection) {
        connection.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return connection.getAvailable() > 0;
    }

    private static final class Ignored implements ApplicationBufferHandler {

        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private ByteBuffer read = NOTHING;

        void forget() {
            read = NOTHING;
        }

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            read = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return read;
        }

        @Override
        public void expand(int size) {
            // Nothing is kept, so nothing has to fit.
        }
    }
}
