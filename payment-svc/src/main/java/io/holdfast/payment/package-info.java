/** payment-svc: buyers' accounts and the payments of their orders. */
@NullMarked
package io.holdfast.payment;

import org.jspecify.annotations.NullMarked;
