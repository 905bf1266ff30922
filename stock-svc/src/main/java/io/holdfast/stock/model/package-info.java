/** What stock is made of, and the rules it obeys. Knows no framework and no database. */
@NullMarked
package io.holdfast.stock.model;

import org.jspecify.annotations.NullMarked;
