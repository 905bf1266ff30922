/** What operators do is recorded in the transaction of the change. */
@NullMarked
package io.holdfast.edge.audit;

import org.jspecify.annotations.NullMarked;
