package io.holdfast.order.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Tells whether two requests under one idempotency key ask for the same. SHA-256 in hex, over what is meant, not over the bytes
 * sent: neither spaces in the JSON nor the order of the lines make another request. A card's token is not part of it: a hash of
 * something that short could be guessed, and the same order with a new token of the same card is the same order.
 */
public record RequestHash(String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public RequestHash {
        if (!FORM.matcher(value).matches()) {
            throw new InvalidValueException("is no SHA-256 in hex");
        }
    }

    public static RequestHash of(Purchase purchase) {
        StringBuilder canonical = new StringBuilder("order/1\n");
        field(canonical, purchase.buyer().value());
        field(canonical, purchase.method().name());
        purchase.lines().stream()
                .sorted(Comparator.comparing(line -> line.sku().value()))
                .forEach(line -> {
                    field(canonical, line.sku().value());
                    field(canonical, Integer.toString(line.quantity().value()));
                    field(canonical, Long.toString(line.unitPrice().minor()));
                    field(canonical, line.unitPrice().currency());
                });
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(canonical.toString().getBytes(StandardCharsets.UTF_8));
            return new RequestHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** No value can hold a line break, so no two requests run together into the same text. */
    private static void field(StringBuilder canonical, String value) {
        canonical.append(value).append('\n');
    }
}
