/** The stock that is allocated to sales, and how it comes back. */
@NullMarked
package io.holdfast.stock.sale;

import org.jspecify.annotations.NullMarked;
