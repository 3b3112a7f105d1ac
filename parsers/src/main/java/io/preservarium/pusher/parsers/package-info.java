/** The script runtime as its users see it: the parser port, and the check of a script that may go live. */
@NullMarked
package io.preservarium.pusher.parsers;

import org.jspecify.annotations.NullMarked;
