/** Parser scripts as text, and where the runtime asks for them. */
@NullMarked
package io.preservarium.pusher.parsers.script;

import org.jspecify.annotations.NullMarked;
