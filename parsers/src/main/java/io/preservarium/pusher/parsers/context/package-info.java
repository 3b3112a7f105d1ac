/** The polyglot contexts: what goes into a script, and what comes out of it. */
@NullMarked
package io.preservarium.pusher.parsers.context;

import org.jspecify.annotations.NullMarked;
