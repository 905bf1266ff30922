/** Seata AT: plain statements on a proxied data source; before and after images undo them if the global transaction is rolled back. */
@NullMarked
package io.holdfast.comparison.at;

import org.jspecify.annotations.NullMarked;
