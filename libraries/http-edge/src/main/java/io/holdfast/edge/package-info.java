/**
 * How a Holdfast service meets its callers: every error is an RFC 9457 problem with a code and a trace id, bodies are
 * bounded, JSON is read strictly, and idempotency keys are values.
 */
@NullMarked
package io.holdfast.edge;

import org.jspecify.annotations.NullMarked;
