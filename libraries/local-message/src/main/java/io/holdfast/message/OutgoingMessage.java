package io.holdfast.message;

import java.nio.charset.StandardCharsets;

/**
 * A message that is to be sent once the local transaction that writes it is committed.
 *
 * @param id up to {@value #MAX_ID} ASCII characters, never reused. Made of what the message is about, the same message cannot be
 *     written twice; consumers tell by it what they have taken
 * @param topic where it goes
 * @param key messages of one key go to one partition
 * @param payload JSON, up to {@value #MAX_PAYLOAD} bytes
 * @param awaitsResult whether a consumer answers it on a result topic; until then it is sent again and again
 */
public record OutgoingMessage(String id, String topic, String key, String payload, boolean awaitsResult) {

    static final int MAX_ID = 64;
    static final int MAX_PAYLOAD = 65_535;

    public OutgoingMessage {
        if (!id.matches("[\\x21-\\x7e]{1," + MAX_ID + "}")) {
            throw new IllegalArgumentException("Not a message id: " + id);
        }
        if (payload.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("The payload of message " + id + " is too large");
        }
    }

    /** An event: it says what has happened. Only the broker's receipt is awaited. */
    public static OutgoingMessage event(String id, String topic, String key, String payload) {
        return new OutgoingMessage(id, topic, key, payload, false);
    }

    /** A command: it asks for something to be done. Its consumer answers, see {@link ResultHandler}. */
    public static OutgoingMessage command(String id, String topic, String key, String payload) {
        return new OutgoingMessage(id, topic, key, payload, true);
    }
}
