/**
 * What is checked while a service starts: everything that its team has declared and that could not work later. All errors are
 * reported at once, each with its place and its remedy.
 */
@NullMarked
package io.holdfast.tcc.autoconfigure.startup;

import org.jspecify.annotations.NullMarked;
