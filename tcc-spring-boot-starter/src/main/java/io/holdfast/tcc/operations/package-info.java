/** What people may see of branches and do about them, and the actuator endpoint {@code tcc}. */
@NullMarked
package io.holdfast.tcc.operations;

import org.jspecify.annotations.NullMarked;
