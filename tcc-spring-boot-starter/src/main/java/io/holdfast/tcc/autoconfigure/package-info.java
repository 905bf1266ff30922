/** Puts the starter into a Spring Boot application, and backs off wherever a team brings its own bean. */
@NullMarked
package io.holdfast.tcc.autoconfigure;

import org.jspecify.annotations.NullMarked;
