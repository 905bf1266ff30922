package io.holdfast.edge.idempotency;

/**
 * The caller's name for one request, so that the same request sent twice takes effect once.
 *
 * <p>Controllers declare {@code @RequestHeader(IdempotencyKey.HEADER) IdempotencyKey key}; a missing key is answered with
 * 400 {@code idempotency-key-missing}, a bad one with 400 {@code idempotency-key-invalid}.
 *
 * @param value 1 to 64 visible ASCII characters
 */
public record IdempotencyKey(String value) {

    public static final String HEADER = "Idempotency-Key";

    public static final int MAX_LENGTH = 64;

    public IdempotencyKey {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("must be 1 to " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
