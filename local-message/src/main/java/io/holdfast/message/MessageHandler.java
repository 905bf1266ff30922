package io.holdfast.message;

/** A bean of this type takes the messages of a topic. Each takes effect once, however often it comes. */
public interface MessageHandler {

    /** Under which what was taken is remembered, up to 100 ASCII characters; never to be changed. */
    String name();

    String topic();

    /** Where the result goes. */
    String resultTopic();

    /**
     * Called in a local transaction that also notes the message as taken. Its effect must be in that transaction and nowhere else.
     *
     * @return the result, as JSON; it is kept, and whoever sends the message again gets it again
     * @throws RuntimeException if it cannot be done now: nothing is answered, so the sender will send the message again
     */
    String handle(IncomingMessage message);
}
