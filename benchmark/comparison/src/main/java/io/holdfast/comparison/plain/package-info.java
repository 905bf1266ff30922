/** No coordinator: three local commits, one in each service. What a kill between two of them leaves behind stays. */
@NullMarked
package io.holdfast.comparison.plain;

import org.jspecify.annotations.NullMarked;
