/** The limits of an order, which people change in Nacos while orders come in. */
@NullMarked
package io.holdfast.order.limits;

import org.jspecify.annotations.NullMarked;
