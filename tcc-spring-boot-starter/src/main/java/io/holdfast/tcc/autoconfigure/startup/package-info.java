/**
 * What is checked while a service starts: everything that its team has declared and that could not work later. All flaws are told
 * at once, each with the place and the mend.
 */
@NullMarked
package io.holdfast.tcc.autoconfigure.startup;

import org.jspecify.annotations.NullMarked;
