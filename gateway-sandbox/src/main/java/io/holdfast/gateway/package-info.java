/** A stand-in for a card payment gateway: a foreign system with a ledger of its own, which can be made to misbehave. */
@NullMarked
package io.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
