package io.holdfast.payment.card;

import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be voided or refunded.
 *
 * @param oldest when the oldest record was written, in UTC; null if there is none
 */
record VoidsAndRefundsDue(long number, @Nullable LocalDateTime oldest) {}
