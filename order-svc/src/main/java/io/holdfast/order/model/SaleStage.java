package io.holdfast.order.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** How far the life of a sale is, apart from what the clock says. {@link #mayBecome} is the whole of it. */
public enum SaleStage {
    /** Written down; its quota is being set apart. */
    PREPARING,
    /** Its quota is set apart: it sells from its opening to its close. */
    READY,
    /** Nothing is sold until it is opened again. */
    PAUSED,
    /** Over; what it has not sold is being given back. */
    CLOSING,
    /** Over, and its quota is given back. */
    CLOSED,
    /** It never was: its quota could not be set apart. */
    REFUSED;

    private static final Map<SaleStage, Set<SaleStage>> NEXT = new EnumMap<>(Map.of(
            PREPARING, EnumSet.of(READY, REFUSED),
            READY, EnumSet.of(PAUSED, CLOSING),
            PAUSED, EnumSet.of(READY, CLOSING),
            CLOSING, EnumSet.of(CLOSED),
            CLOSED, EnumSet.noneOf(SaleStage.class),
            REFUSED, EnumSet.noneOf(SaleStage.class)));

    /** Whether a sale in this stage can ever be in that one next. */
    public boolean mayBecome(SaleStage next) {
        return NEXT.get(this).contains(next);
    }
}
