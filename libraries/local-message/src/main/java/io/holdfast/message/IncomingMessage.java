package io.holdfast.message;

/** A message as it came from Kafka. */
public record IncomingMessage(String id, String topic, String key, String payload) {}
