/** What the service logs and counts. */
@NullMarked
package io.preservarium.pusher.api.telemetry;

import org.jspecify.annotations.NullMarked;
