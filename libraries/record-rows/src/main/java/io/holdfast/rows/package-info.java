/** How MyBatis reads and writes rows in every service. */
@NullMarked
package io.holdfast.rows;

import org.jspecify.annotations.NullMarked;
