/**
 * The Kubernetes door: a DeviceCommand becomes one record of the command topic, and what became of it comes back as its
 * status.
 */
@NullMarked
package io.preservarium.pusher.operator;

import org.jspecify.annotations.NullMarked;
