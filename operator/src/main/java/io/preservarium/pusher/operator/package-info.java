/**
 * The Kubernetes door: a DeviceCommand becomes one record of the command topic, and what became of it comes back as its
 * status. A labelled ConfigMap becomes parser scripts.
 */
@NullMarked
package io.preservarium.pusher.operator;

import org.jspecify.annotations.NullMarked;
