/**
 * Who may do what: buyers, operators and services prove who they are with signed, expiring tokens (JWT, RFC 7519) of any OIDC
 * issuer. Internal endpoints take tokens of services only, everything else takes tokens of people only.
 */
@NullMarked
package io.holdfast.edge.access;

import org.jspecify.annotations.NullMarked;
