/**
 * Waiting commands, their order, attempts and deadlines, for any protocol. A connector brings a {@link
 * io.preservarium.pusher.delivery.Route} and gets back hand-outs; it never sees a store.
 */
@NullMarked
package io.preservarium.pusher.delivery;

import org.jspecify.annotations.NullMarked;
