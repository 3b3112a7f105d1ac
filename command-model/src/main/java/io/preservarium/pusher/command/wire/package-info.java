/** The JSON of commands, status events, uplinks and cancellations, and the names of topics and headers. The only place that knows Jackson. */
@NullMarked
package io.preservarium.pusher.command.wire;

import org.jspecify.annotations.NullMarked;
