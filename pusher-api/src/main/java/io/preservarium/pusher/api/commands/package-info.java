/** Commands asked for over REST: one, many, their status, their cancellation. */
@NullMarked
package io.preservarium.pusher.api.commands;

import org.jspecify.annotations.NullMarked;
