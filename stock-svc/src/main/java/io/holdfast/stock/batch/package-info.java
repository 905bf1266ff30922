/** Many small statements on their way to the database as one. */
@NullMarked
package io.holdfast.stock.batch;

import org.jspecify.annotations.NullMarked;
