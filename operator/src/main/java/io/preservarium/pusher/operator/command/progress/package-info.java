/** What this process knows of commands that are under way, and how far it has read about them. */
@NullMarked
package io.preservarium.pusher.operator.command.progress;

import org.jspecify.annotations.NullMarked;
