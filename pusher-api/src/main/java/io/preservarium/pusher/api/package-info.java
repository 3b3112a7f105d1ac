/** The REST door and the status view: commands go to Kafka, evidence comes back from it, and anybody may ask how far a command has come. */
@NullMarked
package io.preservarium.pusher.api;

import org.jspecify.annotations.NullMarked;
