package io.holdfast.order.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asked for an order to be cancelled. The first request counts; it comes into effect if the order is paid or will be.
 *
 * @param reason up to {@value #MAX_CHARACTERS} characters, for people
 */
public record CancellationRequest(String reason, Instant askedAt) {

    public static final int MAX_CHARACTERS = 200;

    private static final String NO_REASON = "No reason was given.";

    public CancellationRequest {
        if (reason.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("A reason of " + reason.length() + " characters");
        }
    }

    /** @param reason null or blank if none was given */
    public static CancellationRequest of(@Nullable String reason, Instant askedAt) {
        return new CancellationRequest(reason == null || reason.isBlank() ? NO_REASON : reason, askedAt);
    }
}
