package io.holdfast.order.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The stage of a sale, apart from what the clock says. {@link #mayBecome} has all transitions. */
public enum SaleStage {
    /** Stored; its quota is being allocated. */
    PREPARING,
    /** Its quota is allocated: it sells from its opening to its close. */
    READY,
    /** Nothing is sold until it is opened again. */
    PAUSED,
    /** Over; what it has not sold is being given back. */
    CLOSING,
    /** Over, and its quota is given back. */
    CLOSED,
    /** It never sold: its quota could not be allocated. */
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
