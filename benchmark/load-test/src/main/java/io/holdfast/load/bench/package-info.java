/** Ways to place an order, measured against each other in one run. */
@NullMarked
package io.holdfast.load.bench;

import org.jspecify.annotations.NullMarked;
