/** What an order is, in the words of the business. Knows no framework, no coordinator and no database. */
@NullMarked
package io.holdfast.order.model;

import org.jspecify.annotations.NullMarked;
