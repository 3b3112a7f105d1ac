/** Who asks for work: commands in Kafka, devices that call, connections to the REST door, and who sees the outcome. */
@NullMarked
package io.preservarium.pusher.benchmarks.load;

import org.jspecify.annotations.NullMarked;
