/** Takes an order in: checks it, recognises a repeated request, writes it down and answers. */
@NullMarked
package io.holdfast.order.intake;

import org.jspecify.annotations.NullMarked;
