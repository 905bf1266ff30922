/** What order-svc needs of the coordinator: to begin, commit and roll back a global transaction, and to learn its outcome. */
@NullMarked
package io.holdfast.order.coordinator;

import org.jspecify.annotations.NullMarked;
