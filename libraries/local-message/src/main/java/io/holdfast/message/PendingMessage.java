package io.holdfast.message;

/**
 * A message on its way.
 *
 * @param status NEW or SENT
 * @param attempts how often a broker has taken or refused it
 */
record PendingMessage(OutgoingMessage message, MessageStatus status, int attempts) {

    String id() {
        return message.id();
    }
}
