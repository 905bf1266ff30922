/** What is set apart of the stock for sales, and how it comes back. */
@NullMarked
package io.holdfast.stock.sale;

import org.jspecify.annotations.NullMarked;
