/** Buyers' accounts: money comes in by deposits, and is set aside, spent or given back by payments. */
@NullMarked
package io.holdfast.payment.account;

import org.jspecify.annotations.NullMarked;
