/** The adapters to Seata: what its coordinator and its client call, and what they are asked. */
@NullMarked
package io.holdfast.tcc.coordinator;

import org.jspecify.annotations.NullMarked;
