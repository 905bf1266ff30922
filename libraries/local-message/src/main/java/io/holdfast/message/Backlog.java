package io.holdfast.message;

import java.time.Instant;

/** How many messages are in a status, and since when the oldest of them exists. */
public record Backlog(MessageStatus status, long messages, Instant oldest) {}
