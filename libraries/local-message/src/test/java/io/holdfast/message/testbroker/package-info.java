/** A real Kafka broker for tests. */
@NullMarked
package io.holdfast.message.testbroker;

import org.jspecify.annotations.NullMarked;
