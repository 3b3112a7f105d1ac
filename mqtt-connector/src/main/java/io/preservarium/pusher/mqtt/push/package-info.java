/** From a device's turn to what became of its command. */
@NullMarked
package io.preservarium.pusher.mqtt.push;

import org.jspecify.annotations.NullMarked;
