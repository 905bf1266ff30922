package io.holdfast.message;

import java.util.Set;

/** A bean of this type receives the results of messages that this service has sent. */
public interface ResultHandler {

    String resultTopic();

    /** As {@link MessageHandler#senders}. */
    default Set<String> senders() {
        return Set.of();
    }

    /**
     * Called once for each message, in the local transaction that makes the message CONFIRMED.
     *
     * @param result its {@code id} is that of the message, its payload what the {@link MessageHandler} has returned
     * @throws RuntimeException then the message stays as it is and is sent again later
     */
    void handle(IncomingMessage result);
}
