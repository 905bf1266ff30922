package io.holdfast.gateway.behaviour;

import jakarta.servlet.ServletRequest;

/** Closes the connection of a request without an answer. */
@FunctionalInterface
interface Hangup {

    void now();

    static Hangup of(ServletRequest request) {
        if (request.getAttribute(Hangup.class.getName()) instanceof Hangup hangup) {
            return hangup;
        }
        throw new IllegalStateException("no request gets here past the HangupValve");
    }

    default void keepIn(ServletRequest request) {
        request.setAttribute(Hangup.class.getName(), this);
    }
}
