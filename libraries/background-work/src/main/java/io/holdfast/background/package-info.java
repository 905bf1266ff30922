/** Threads and scheduled tasks that outlive whatever is thrown in them. */
@NullMarked
package io.holdfast.background;

import org.jspecify.annotations.NullMarked;
