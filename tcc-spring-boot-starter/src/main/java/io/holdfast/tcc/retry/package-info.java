/**
 * How a branch is ended: the coordinator's calls and their answers, the one attempt, what follows from a failure, and the scheduler that
 * attempts again from the rows, with its claims, delays, policies and limits.
 */
@NullMarked
package io.holdfast.tcc.retry;

import org.jspecify.annotations.NullMarked;
