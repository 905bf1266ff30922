package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.ChargeId;

/** Where the ids of new charges come from. */
interface ChargeIds {

    ChargeId next();
}
