package io.holdfast.message;

import java.util.Set;

/**
 * A bean of this type receives the events of a topic in <em>every</em> instance of the service, for what each of them keeps in memory. It
 * receives what is published while it listens, possibly twice, and nothing of what was published while the broker or the instance was
 * down: what must not be missed is for a {@link MessageHandler}.
 */
public interface EventHandler {

    String topic();

    /** The services that may tell it; an event that says it comes from another one is refused. None: whoever may write to the topic. */
    default Set<String> senders() {
        return Set.of();
    }

    /** Called outside any transaction. What it throws is told in the log, and the event passed over. */
    void handle(IncomingMessage event);
}
