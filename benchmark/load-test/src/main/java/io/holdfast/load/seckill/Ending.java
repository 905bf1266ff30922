package io.holdfast.load.seckill;

import java.util.Set;

/** How an arrival of a buyer ended, as the buyer was told. */
enum Ending {
    /** The order is PAID. */
    PAID,
    /** The order is decided and a Confirm is still attempted: it becomes PAID, or is closed. */
    CONFIRMING,
    SOLD_OUT,
    ALREADY_BOUGHT,
    /** Refused for another reason; it is no fault of the sale only if the verdict says so. */
    REFUSED,
    /** Asked again and again, and still no answer that settles it. */
    NOT_SERVED;

    private static final Set<String> REFUSED_FOR_GOOD = Set.of("service-unavailable", "abandoned", "rolled-back");

    /**
     * @param status of HTTP; 0 if there was no answer
     * @param code of the problem; empty if it is none
     * @param order its status; empty if there is none
     */
    static Ending of(int status, String code, String order) {
        if (status == 200 || status == 201) {
            return order.equals("PAID") ? PAID : CONFIRMING;
        }
        if (isUnsettled(status, code)) {
            return NOT_SERVED;
        }
        return switch (code) {
            case "sold-out" -> SOLD_OUT;
            case "already-bought" -> ALREADY_BOUGHT;
            default -> REFUSED;
        };
    }

    /** Whether to ask again. */
    static boolean isUnsettled(int status, String code) {
        return status == 0 || status == 429 || status == 503 || status == 425 || code.equals("order-in-progress");
    }

    /** Whether the order itself was refused, so that its key brings the same answer for ever: only a new order can do better. */
    static boolean needsNewKey(int status, String code, boolean namesOrder) {
        return status == 503 && namesOrder && REFUSED_FOR_GOOD.contains(code);
    }

    boolean isRefusal() {
        return this == SOLD_OUT || this == ALREADY_BOUGHT || this == REFUSED;
    }
}
