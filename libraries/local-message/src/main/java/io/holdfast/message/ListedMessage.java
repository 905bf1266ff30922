package io.holdfast.message;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message as people see it: everything but what it says. */
public record ListedMessage(
        String id,
        String topic,
        String key,
        MessageStatus status,
        int attempts,
        @Nullable Instant dueAt,
        @Nullable String lastError,
        Instant createdAt,
        Instant modifiedAt) {}
