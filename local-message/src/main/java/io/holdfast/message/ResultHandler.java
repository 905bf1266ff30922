package io.holdfast.message;

/** A bean of this type learns the results of messages that this service has sent. */
public interface ResultHandler {

    String resultTopic();

    /**
     * Called once for each message, in the local transaction that makes the message CONFIRMED.
     *
     * @param result its {@code id} is that of the message, its payload what the {@link MessageHandler} has returned
     * @throws RuntimeException then the message stays as it is and is sent again later
     */
    void handle(IncomingMessage result);
}
