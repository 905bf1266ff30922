/** What Holdfast is measured against. Not a model: each way is as short as it can be while it does the same work. */
@NullMarked
package io.holdfast.comparison;

import org.jspecify.annotations.NullMarked;
