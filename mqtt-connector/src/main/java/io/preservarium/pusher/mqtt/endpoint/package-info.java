/** The session with the broker: its settings, what may be published, what becomes of it, what it logs and counts. */
@NullMarked
package io.preservarium.pusher.mqtt.endpoint;

import org.jspecify.annotations.NullMarked;
