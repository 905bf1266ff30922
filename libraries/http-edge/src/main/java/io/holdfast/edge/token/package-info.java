/** Signed, expiring tokens (JWT, RFC 7519): how those of others are verified, and how a service makes its own. */
@NullMarked
package io.holdfast.edge.token;

import org.jspecify.annotations.NullMarked;
