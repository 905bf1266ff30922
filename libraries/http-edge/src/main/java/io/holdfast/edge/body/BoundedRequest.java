package io.holdfast.edge.body;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * A request whose body is counted and timed while it is read. A body that keeps a thread for longer than a moment needs one of a few
 * permits: callers that send nothing, or a byte now and then, must not get all threads.
 */
final class BoundedRequest extends HttpServletRequestWrapper {

    private static final long LATE_NANOS = Duration.ofMillis(100).toNanos();

    private static final long PAUSE_MILLIS = 5;

    private final DataSize limit;
    private final Duration within;
    private final Semaphore permits;
    private boolean hasPermit;
    private @Nullable ServletInputStream body;
    private @Nullable BufferedReader reader;

    /** @param permits for bodies that are late */
    BoundedRequest(HttpServletRequest request, DataSize limit, Duration within, Semaphore permits) {
        super(request);
        this.permits = permits;
        this.limit = limit;
        this.within = within;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (body == null) {
            body = new BoundedStream(super.getInputStream());
        }
        return body;
    }

    /** The server takes more than a few languages for a failure. */
    @Override
    public Locale getLocale() {
        try {
            return super.getLocale();
        } catch (IllegalArgumentException tooMany) {
            return Locale.getDefault();
        }
    }

    @Override
    public Enumeration<Locale> getLocales() {
        try {
            return super.getLocales();
        } catch (IllegalArgumentException tooMany) {
            return Collections.enumeration(List.of(Locale.getDefault()));
        }
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (reader == null) {
            String encoding = getCharacterEncoding();
            Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
            reader = new BufferedReader(new InputStreamReader(getInputStream(), charset));
        }
        return reader;
    }

    /** When the request is done with. */
    void releasePermit() {
        if (hasPermit) {
            hasPermit = false;
            permits.release();
        }
    }

    private boolean acquirePermit() {
        hasPermit = hasPermit || permits.tryAcquire();
        return hasPermit;
    }

    private final class BoundedStream extends ServletInputStream {

        private final ServletInputStream delegate;
        /** Absent if the server does not know, or the caller waits to be asked for the body. */
        private final @Nullable BooleanSupplier arrived =
                getAttribute(UnreadBodyValve.BODY_ARRIVED) instanceof BooleanSupplier more ? more : null;

        private final long started = System.nanoTime();
        private long read;

        BoundedStream(ServletInputStream delegate) {
            this.delegate = delegate;
        }

        @Override
        public int read() throws IOException {
            awaitMore();
            int value = delegate.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            awaitMore();
            int got = delegate.read(target, offset, length);
            count(Math.max(got, 0));
            return got;
        }

        /** Any body may keep a thread for a moment. With a permit it may then keep it in a read, for as long as the server waits. */
        private void awaitMore() throws IOException {
            if (arrived == null || hasPermit) {
                return;
            }
            while (!delegate.isFinished() && delegate.available() <= 0 && !arrived.getAsBoolean()) {
                long waited = System.nanoTime() - started;
                if (waited > LATE_NANOS) {
                    if (!acquirePermit()) {
                        throw new BodyTooSlowException(Duration.ofNanos(waited));
                    }
                    return;
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("Interrupted while a body was late");
                }
            }
        }

        private void count(int bytes) throws IOException {
            read += bytes;
            if (read > limit.toBytes()) {
                throw new BodyTooLargeException(limit);
            }
            long took = System.nanoTime() - started;
            if (took > within.toNanos() || took > LATE_NANOS && !delegate.isFinished() && !acquirePermit()) {
                throw new BodyTooSlowException(Duration.ofNanos(took));
            }
        }

        @Override
        public int available() throws IOException {
            return delegate.available();
        }

        @Override
        public void close() throws IOException {
            delegate.close();
        }

        @Override
        public boolean isFinished() {
            return delegate.isFinished();
        }

        @Override
        public boolean isReady() {
            return delegate.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            delegate.setReadListener(listener);
        }
    }
}
