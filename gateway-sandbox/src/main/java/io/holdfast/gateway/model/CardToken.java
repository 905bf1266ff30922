package io.holdfast.gateway.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What stands for a card. How the card's issuer decides is read from the token's beginning:
 *
 * <table>
 * <caption>Tokens</caption>
 * <tr><td>{@code tok_ok...}</td><td>authorizes</td></tr>
 * <tr><td>{@code tok_declined...}</td><td>declines: {@code card-declined}</td></tr>
 * <tr><td>{@code tok_insufficient...}</td><td>declines: {@code insufficient-funds}</td></tr>
 * <tr><td>{@code tok_expired...}</td><td>declines: {@code card-expired}</td></tr>
 * <tr><td>any other</td><td>declines: {@code card-unknown}</td></tr>
 * </table>
 */
public record CardToken(String value) {

    public static final String FORM = "tok_[A-Za-z0-9_-]{1,60}";

    private static final Pattern PATTERN = Pattern.compile(FORM);

    public CardToken {
        if (!PATTERN.matcher(value).matches()) {
            // Without the value: this text goes to the caller and into logs.
            throw new IllegalArgumentException("is not a card token");
        }
    }

    /** What the issuer says to a charge; empty if it authorizes. */
    public Optional<Refusal> decline() {
        if (value.startsWith("tok_ok")) {
            return Optional.empty();
        }
        if (value.startsWith("tok_declined")) {
            return Optional.of(Refusal.CARD_DECLINED);
        }
        if (value.startsWith("tok_insufficient")) {
            return Optional.of(Refusal.INSUFFICIENT_FUNDS);
        }
        if (value.startsWith("tok_expired")) {
            return Optional.of(Refusal.CARD_EXPIRED);
        }
        return Optional.of(Refusal.CARD_UNKNOWN);
    }

    /** Shows nothing: a token must not get into a log by accident. */
    @Override
    public String toString() {
        return "tok_***";
    }
}
