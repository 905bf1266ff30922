@NullMarked
package io.holdfast.background;

import org.jspecify.annotations.NullMarked;
