/** The way into Kafka, and whether it is there. */
@NullMarked
package io.preservarium.pusher.api.kafka;

import org.jspecify.annotations.NullMarked;
