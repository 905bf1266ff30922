package io.holdfast.message;

import java.util.Set;

/** A bean of this type processes the messages of a topic. Each takes effect once, however often it is delivered. */
public interface MessageHandler {

    /** The name under which processed messages are recorded, up to 100 ASCII characters. Never change it. */
    String name();

    String topic();

    /** Where the result goes. */
    String resultTopic();

    /** The services that may send it; a message that says it comes from another one is refused. None: whoever may write to the topic. */
    default Set<String> senders() {
        return Set.of();
    }

    /**
     * Called in a local transaction that also notes the message as taken. Its effect must be in that transaction and nowhere else.
     *
     * @return the result, as JSON; it is kept, and whoever sends the message again gets it again
     * @throws RuntimeException if it cannot be done now: nothing is answered, so the sender will send the message again. If what is
     *     thrown is an {@link InfrastructureFailure}, or one by its cause, the message is tried here again and again, and keeps its place
     */
    String handle(IncomingMessage message);
}
