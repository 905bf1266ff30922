/**
 * Who may order in a sale, decided in Redis, and in memory once a sale is sold out. It is never the truth: the database and stock-svc
 * decide the same again for each order that is written down, and all that is in Redis can be rebuilt from the database.
 */
@NullMarked
package io.holdfast.order.admission;

import org.jspecify.annotations.NullMarked;
