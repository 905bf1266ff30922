package io.holdfast.edge;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up on the rest of a body that nobody read, such as that of a request without a token. The server itself would wait for
 * all of it, however slowly it comes, and keep a thread for it.
 *
 * <p>A little patience there has to be: who is still sending when the connection is closed does not get to see the answer.
 */
final class UnreadBodyValve extends ValveBase {

    private static final Logger log = LoggerFactory.getLogger(UnreadBodyValve.class);

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    UnreadBodyValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (request.isAsync() || request.getCoyoteRequest().isFinished()) {
            return;
        }
        org.apache.coyote.Request connection = request.getCoyoteRequest();
        try {
            response.finishResponse();
            long started = System.nanoTime();
            Ignored rest = new Ignored();
            while (connection.doRead(rest) > 0 && System.nanoTime() - started < PATIENCE.toNanos()) {
                rest.forget();
            }
        } catch (IOException e) {
            log.debug("The rest of a body did not come", e);
        } finally {
            if (!connection.isFinished()) {
                connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
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
