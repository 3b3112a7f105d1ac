/**
 * What waits: the commands of the held partitions as a Kafka Streams store, changed only by consuming the topics, and
 * read without claiming anything.
 */
@NullMarked
package io.preservarium.pusher.delivery.book;

import org.jspecify.annotations.NullMarked;
