package io.holdfast.edge.access;

import java.util.Locale;

/** What a token says its caller is. */
public enum Role {
    /** Places orders, and sees only what is the buyer's own. */
    BUYER,
    /** Goods in, money in, and everybody's orders and accounts. */
    OPERATOR,
    /** Reads what there is under {@code /actuator}, and nothing else. */
    MONITOR,
    /** Another service of the platform. */
    SERVICE;

    public String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String authority() {
        return "ROLE_" + name();
    }
}
