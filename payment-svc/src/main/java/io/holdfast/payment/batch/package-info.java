/** Many small changes of rows in one trip to the database. */
@NullMarked
package io.holdfast.payment.batch;

import org.jspecify.annotations.NullMarked;
