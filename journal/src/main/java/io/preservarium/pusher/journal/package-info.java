/** The Kafka edge, once: what every client is given, topics followed to their end, and how far they were read. */
@NullMarked
package io.preservarium.pusher.journal;

import org.jspecify.annotations.NullMarked;
