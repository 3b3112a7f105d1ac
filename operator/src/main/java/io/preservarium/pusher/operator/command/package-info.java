/** A DeviceCommand becomes one record of the command topic, and what became of it comes back as its status. */
@NullMarked
package io.preservarium.pusher.operator.command;

import org.jspecify.annotations.NullMarked;
