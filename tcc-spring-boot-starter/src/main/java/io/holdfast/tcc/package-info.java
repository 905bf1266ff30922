/**
 * What a service sees of the starter: the exceptions of a refused Try and the optional sides of a TCC action. Actions
 * themselves stay plain Seata: {@code @LocalTCC} and {@code @TwoPhaseBusinessAction(useTCCFence = true)}.
 */
@NullMarked
package io.holdfast.tcc;

import org.jspecify.annotations.NullMarked;
