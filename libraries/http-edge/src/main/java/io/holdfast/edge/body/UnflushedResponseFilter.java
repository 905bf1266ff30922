package io.holdfast.edge.body;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/**
 * Lets the server send an answer in one piece, with its length.
 *
 * <p>Spring flushes the response when the body is written. The server cannot know then that nothing follows: it sends the body as
 * one chunk, and the end of the chunks by itself, two packets and two system calls for an answer of a few hundred bytes. No answer here is
 * sent in parts; one that is longer than the server's buffer goes out when that is full, as ever.
 */
final class UnflushedResponseFilter implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response instanceof HttpServletResponse http ? new Unflushed(http) : response);
    }

    private static final class Unflushed extends HttpServletResponseWrapper {

        Unflushed(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void flushBuffer() {
            // Done by the server when the request ends.
        }
    }
}
