package io.holdfast.payment.card;

import io.holdfast.payment.model.ChargeStatus;
import io.holdfast.payment.model.Money;
import io.holdfast.payment.model.OrderId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code card_charge}; its times are UTC.
 *
 * @param gatewayId null as long as the gateway has named none
 * @param refusal the gateway's code; only, and always, of a declined charge
 */
record ChargeRow(
        String xid,
        long branchId,
        String orderId,
        String chargeKey,
        long amount,
        String currency,
        String cardFingerprint,
        ChargeStatus status,
        @Nullable String gatewayId,
        @Nullable String refusal,
        LocalDateTime createdAt,
        LocalDateTime changedAt) {

    /** Long enough that no two payments share one, and short enough for a gateway's 64 characters with a suffix. */
    private static final int DIGITS_OF_KEY = 32;

    OrderId order() {
        return new OrderId(orderId);
    }

    Money money() {
        return new Money(amount, currency);
    }

    String authorizeKey() {
        return chargeKey + "-authorize";
    }

    String captureKey() {
        return chargeKey + "-capture";
    }

    /** @param refusals how often the gateway has refused for good: a key that was refused is refused for ever */
    String voidKey(int refusals) {
        return chargeKey + "-void" + suffix(refusals);
    }

    /** @param refusals as of {@link #voidKey} */
    String refundKey(int refusals) {
        return chargeKey + "-refund" + suffix(refusals);
    }

    private static String suffix(int refusals) {
        return refusals == 0 ? "" : "-" + refusals;
    }

    /** Always the same for the same payment, so that after a crash the charge is queried under the same key. */
    static String keyOf(String xid, long branchId, String orderId) {
        return "hf-" + sha256(xid + "\n" + branchId + "\n" + orderId).substring(0, DIGITS_OF_KEY);
    }

    /** With the key in it, so that one card has another fingerprint in each payment. */
    static String fingerprintOf(String chargeKey, String token) {
        return sha256(chargeKey + "\n" + token);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
