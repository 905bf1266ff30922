/**
 * The card gateway, as a customer sees it: over HTTP, and not to be trusted to answer. Whatever a call ends in is one of three
 * outcomes: done, refused, or unknown.
 */
@NullMarked
package io.holdfast.payment.gateway;

import org.jspecify.annotations.NullMarked;
