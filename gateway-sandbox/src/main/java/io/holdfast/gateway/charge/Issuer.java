package io.holdfast.gateway.charge;

/** How the card's issuer responds to a request. */
public enum Issuer {
    /** The token decides whether it authorizes; it agrees to everything else. */
    DECIDES_BY_CARD,
    /** It declines, whatever is asked. */
    DECLINES;

    /** Where a request carries it. */
    public static final String ATTRIBUTE = "io.holdfast.gateway.issuer";
}
