package io.holdfast.message;

/**
 * A bean of this type hears the events of a topic in <em>every</em> instance of the service, for what each of them keeps in memory. It
 * hears what is told while it listens, possibly twice, and nothing of what was told while the broker or the instance was away: what
 * must not be missed is for a {@link MessageHandler}.
 */
public interface EventHandler {

    String topic();

    /** Called outside any transaction. What it throws is told in the log, and the event passed over. */
    void handle(IncomingMessage event);
}
