/** From an uplink to its answer. */
@NullMarked
package io.preservarium.pusher.coap.uplink;

import org.jspecify.annotations.NullMarked;
