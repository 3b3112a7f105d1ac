/** What the calls of a script may change, read from its text. */
@NullMarked
package io.preservarium.pusher.parsers.effects;

import org.jspecify.annotations.NullMarked;
