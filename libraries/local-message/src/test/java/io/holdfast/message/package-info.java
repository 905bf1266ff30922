@NullMarked
package io.holdfast.message;

import org.jspecify.annotations.NullMarked;
