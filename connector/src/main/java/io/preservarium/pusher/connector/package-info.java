/**
 * What the connectors share: they are wired, started, watched and stopped here, and a protocol brings its {@code Route}
 * and its {@link io.preservarium.pusher.connector.ProtocolConnector}. No protocol is known in this module.
 */
@NullMarked
package io.preservarium.pusher.connector;

import org.jspecify.annotations.NullMarked;
