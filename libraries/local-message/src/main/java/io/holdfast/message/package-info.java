/** Local messages: decided in a local transaction, brought to Kafka for certain, taken once by each consumer. */
@NullMarked
package io.holdfast.message;

import org.jspecify.annotations.NullMarked;
