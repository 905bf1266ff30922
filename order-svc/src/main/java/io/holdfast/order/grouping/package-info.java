/** Lets orders that wait at the same time share one global transaction, as a database's group commit shares one write to disk. */
@NullMarked
package io.holdfast.order.grouping;

import org.jspecify.annotations.NullMarked;
