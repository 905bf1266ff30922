/** What a payment is. These types know no framework, no transaction coordinator and no database. */
@NullMarked
package io.holdfast.payment.model;

import org.jspecify.annotations.NullMarked;
