/** Closes every port: tokens of users on public endpoints, of services on internal ones, and what is named nowhere is refused. */
@NullMarked
package io.holdfast.edge.security;

import org.jspecify.annotations.NullMarked;
