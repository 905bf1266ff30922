/** When a Confirm or Cancel that failed is attempted again: policies per action, delays, and how many attempts run at once. */
@NullMarked
package io.holdfast.tcc.retry;

import org.jspecify.annotations.NullMarked;
