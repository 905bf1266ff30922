/** The append-only record of every decided request. */
@NullMarked
package io.holdfast.gateway.ledger;

import org.jspecify.annotations.NullMarked;
