/**
 * The client of the card gateway, which may fail to answer at any time. Each call ends in one of three outcomes: done, refused, or
 * unknown.
 */
@NullMarked
package io.holdfast.payment.gateway;

import org.jspecify.annotations.NullMarked;
