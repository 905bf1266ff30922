package io.holdfast.gateway.charge;

import io.holdfast.gateway.model.ChargeId;

/** The source of ids for new charges. */
interface ChargeIds {

    ChargeId next();
}
