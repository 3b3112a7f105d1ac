/** Whether a script may go live: its examples. */
@NullMarked
package io.preservarium.pusher.parsers.check;

import org.jspecify.annotations.NullMarked;
