/** Charges: authorized, captured, voided, refunded, each once per idempotency key. */
@NullMarked
package io.holdfast.gateway.charge;

import org.jspecify.annotations.NullMarked;
