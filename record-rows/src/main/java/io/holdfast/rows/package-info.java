/** How MyBatis reads rows in every service. */
@NullMarked
package io.holdfast.rows;

import org.jspecify.annotations.NullMarked;
