/**
 * The whole platform on one machine: Kafka and an MQTT broker in this process, the services as child processes, and
 * simulated devices to talk to them.
 */
@NullMarked
package io.preservarium.pusher.standalone;

import org.jspecify.annotations.NullMarked;
