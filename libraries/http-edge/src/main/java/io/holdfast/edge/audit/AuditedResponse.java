package io.holdfast.edge.audit;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/** An answer of which nothing is given before the action is entered into the audit; a refusal may be given without. */
final class AuditedResponse extends HttpServletResponseWrapper {

    private static final int FIRST_ERROR = 400;

    private final Runnable enter;
    private boolean entered;

    AuditedResponse(HttpServletResponse response, Runnable enter) {
        super(response);
        this.enter = enter;
    }

    /** If it throws, the action is not entered, and the answer must not be given. */
    void beforeItIsGiven() {
        if (!entered && getStatus() < FIRST_ERROR) {
            enter.run();
            entered = true;
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        beforeItIsGiven();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        beforeItIsGiven();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        beforeItIsGiven();
        super.flushBuffer();
    }
}
