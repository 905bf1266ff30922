/** The book in which all orders stand: the only place that reads and writes them. */
@NullMarked
package io.holdfast.order.book;

import org.jspecify.annotations.NullMarked;
