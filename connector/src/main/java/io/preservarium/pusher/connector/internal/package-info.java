/** {@code /internal/v1}: what the services of an installation ask of a connector, and how they show that they may. */
@NullMarked
package io.preservarium.pusher.connector.internal;

import org.jspecify.annotations.NullMarked;
