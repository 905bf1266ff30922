package io.holdfast.load.bench;

import java.io.IOException;
import java.util.List;

/** What a client does, again and again. */
interface Work extends AutoCloseable {

    /** How one attempt ended. */
    enum Result {
        /** As it is meant to. */
        COUNTED,
        /** The platform was too busy, or gave the order up; that is allowed, and told. */
        NOT_SERVED
    }

    /**
     * Called from the client's own thread.
     *
     * @param client from 0
     * @param clients how many there are
     * @param attempt of this client, from 0
     * @throws IOException if it ended in a way that makes the figures worthless
     */
    Result attempt(int client, int clients, long attempt) throws IOException;

    /** Before the clients of a round come. */
    default void begin() throws IOException, InterruptedException {}

    /**
     * After they have gone.
     *
     * @throws IOException if what was measured is not what was meant
     */
    default void end() throws IOException, InterruptedException {}

    /** What is wrong with stock and money after the clients have gone; empty if nothing is. */
    List<String> breaches() throws InterruptedException;

    @Override
    default void close() {}
}
