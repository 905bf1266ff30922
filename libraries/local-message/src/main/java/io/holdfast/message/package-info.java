/**
 * Local messages (a transactional outbox): written in the local transaction of the change that they report, sent to Kafka at least once, and
 * processed once by each consumer.
 */
@NullMarked
package io.holdfast.message;

import org.jspecify.annotations.NullMarked;
