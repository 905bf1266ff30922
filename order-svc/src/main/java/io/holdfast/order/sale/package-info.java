/** Flash sales: how they are made, go through their stages and are looked at. What is ordered in one is in {@code intake}. */
@NullMarked
package io.holdfast.order.sale;

import org.jspecify.annotations.NullMarked;
