package io.holdfast.order.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wants an order to be cancelled. The first wish counts; it comes into effect if the order is paid or will be.
 *
 * @param reason up to {@value #MOST_CHARACTERS} characters, for people
 */
public record CancellationWish(String reason, Instant askedAt) {

    public static final int MOST_CHARACTERS = 200;

    private static final String NO_REASON = "No reason was given.";

    public CancellationWish {
        if (reason.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("A reason of " + reason.length() + " characters");
        }
    }

    /** @param reason null or blank if none was given */
    public static CancellationWish of(@Nullable String reason, Instant askedAt) {
        return new CancellationWish(reason == null || reason.isBlank() ? NO_REASON : reason, askedAt);
    }
}
