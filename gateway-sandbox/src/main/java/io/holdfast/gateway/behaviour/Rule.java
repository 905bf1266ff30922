package io.holdfast.gateway.behaviour;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * One way to misbehave, and when.
 *
 * @param operation which calls
 * @param kind how
 * @param delayMillis 1 to 60,000; for {@link Kind#LATE} and {@link Kind#EFFECT_THEN_TIMEOUT} only, which need it
 * @param status a 5xx status; for {@link Kind#FAIL_BEFORE} and {@link Kind#FAIL_AFTER} only, which need it
 * @param rate the share of the calls that it meets, 0 to 1; either this or {@code times}
 * @param times how many of the next calls it meets, 1 to 1,000,000
 * @param charge the id of a charge: then it is about calls whose path names it, and no others
 */
record Rule(
        Target operation,
        Kind kind,
        @Nullable Integer delayMillis,
        @Nullable Integer status,
        @Nullable Double rate,
        @Nullable Integer times,
        @Nullable String charge) {

    static final int MAX_DELAY_MILLIS = 60_000;
    static final int MAX_TIMES = 1_000_000;

    Rule {
        require(operation != null, "needs an operation");
        require(kind != null, "needs a kind");
        if (kind.needs() == Kind.Needs.DELAY) {
            require(
                    delayMillis != null && delayMillis >= 1 && delayMillis <= MAX_DELAY_MILLIS,
                    kind + " needs delayMillis, 1 to " + MAX_DELAY_MILLIS);
        } else {
            require(delayMillis == null, kind + " takes no delayMillis");
        }
        if (kind.needs() == Kind.Needs.STATUS) {
            require(status != null && isServerError(status), kind + " needs a status that is a known 5xx");
        } else {
            require(status == null, kind + " takes no status");
        }
        require((rate == null) != (times == null), "needs either rate or times");
        require(rate == null || (rate >= 0 && rate <= 1), "rate is 0 to 1");
        require(times == null || (times >= 1 && times <= MAX_TIMES), "times is 1 to " + MAX_TIMES);
        require(kind != Kind.DECLINE || operation != Target.QUERY, "a QUERY cannot be declined");
        require(charge == null || operation != Target.AUTHORIZE, "an AUTHORIZE is about no charge yet");
        require(charge == null || !charge.isBlank(), "charge is the id of one, or not there");
    }

    boolean covers(Call call) {
        if (kind == Kind.DECLINE && call.operation() == Target.QUERY) {
            return false;
        }
        boolean isOfCharge = charge == null || charge.equals(call.charge());
        return isOfCharge && (operation == Target.ANY || operation == call.operation());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static boolean isServerError(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known != null && known.is5xxServerError();
    }
}
