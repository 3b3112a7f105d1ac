/** Delivery put together over Kafka Streams: start, ownership of partitions, stop. */
@NullMarked
package io.preservarium.pusher.delivery.streams;

import org.jspecify.annotations.NullMarked;
